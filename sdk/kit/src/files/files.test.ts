import { describe, expect, jest, test } from '@jest/globals';
import * as model from '../model/model.ts';
import { about, images } from '../testing/example.ts';
import { FakeMachine, until } from '../testing/fake-machine.ts';
import { makeContext } from '../script/context.ts';
import { defineService } from '../script/define-service.ts';
import type { ConfigFile } from './config-file.ts';
import { envFile } from './env.ts';
import { configHandle } from './handle.ts';
import { iniFile } from './ini.ts';
import { jsonFile } from './json.ts';
import { rawFile } from './raw.ts';
import { tomlFile } from './toml.ts';
import { xmlFile } from './xml.ts';
import { yamlFile } from './yaml.ts';

jest.setTimeout(60_000);

const where = '/media/startos/volumes/data/settings';
const settings = model.object({
  server: model.object({ port: model.number(), open: model.flag(), name: model.optional(model.text()) }),
});
const place = { volume: 'data', path: 'settings', model: settings } as const;

function opened<X>(file: ConfigFile<'data', X>, text: string | null = null) {
  const machine = new FakeMachine();
  if (text !== null) machine.files.set(where, text);
  return { machine, text: () => machine.files.get(where), handle: configHandle(machine.effects, machine.host, file) };
}

describe.each([
  ['json', jsonFile(place), '{"server": {"port": 80, "open": true, "extra": [1]}, "other": null}'],
  ['yaml', yamlFile(place), 'server:\n  port: 80\n  open: true\n  extra: [1]\nother: null\n'],
  ['toml', tomlFile(place), 'other = 1\n[server]\nport = 80\nopen = true\nextra = [1]\n'],
  ['ini', iniFile(place), 'other=1\n[server]\nport=80\nopen=true\nextra=1\n'],
  [
    'xml',
    xmlFile({ ...place, model: model.object({ r: settings }) }),
    '<r><server><port>80</port><open>true</open><extra a="1">x</extra></server><other/></r>',
  ],
])('%s', (name, file, text) => {
  const wrap = (value: object) => (name === 'xml' ? { r: value } : value) as never;
  const unwrap = (value: unknown): unknown => (name === 'xml' ? (value as { r: unknown }).r : value);

  test('is read by its model', async () => {
    const { handle } = opened<unknown>(file, text);
    expect(unwrap(await handle.once())).toMatchObject({ server: { port: 80, open: true } });
  });

  test('is null where there is none, and begins with what is merged into it', async () => {
    const { handle, text: now } = opened<unknown>(file);
    expect(await handle.once()).toBeNull();
    await handle.merge(wrap({ server: { port: 1, open: false } }));
    expect(now()).toMatch(/\n$/);
    expect(unwrap(await handle.once())).toMatchObject({ server: { port: 1, open: false } });
  });

  test('keeps what nobody described when a part is changed or removed', async () => {
    const { handle, text: now } = opened<unknown>(file, text);
    await handle.merge(wrap({ server: { port: 8080, name: 'a & "b" <c>' } }));
    const held = unwrap(await handle.once());
    expect(held).toMatchObject({ server: { port: 8080, open: true, name: 'a & "b" <c>' } });
    expect(now()).toContain('extra');
    expect(now()).toContain('other');
    await handle.merge(wrap({ server: { name: undefined } }));
    expect(now()).not.toContain('name');
  });

  test('is not written when nothing changes', async () => {
    const { handle, machine } = opened<unknown>(file, text);
    const before = machine.files.get(where);
    await handle.write((await handle.once()) as never);
    expect(machine.files.get(where)).toBe(before);
  });

  test('says where it is wrong', async () => {
    const { handle } = opened<unknown>(file, text.replace('80', 'many'));
    await expect(handle.once()).rejects.toThrow(/^Cannot read settings: /);
  });
});

test('YAML keeps comments and order', async () => {
  const { handle, text } = opened(yamlFile(place), '# ours\nserver:\n  # the one\n  open: true\n  port: 80 # usual\n');
  await handle.merge({ server: { port: 81, name: 'x' } });
  expect(text()).toBe('# ours\nserver:\n  # the one\n  open: true\n  port: 81 # usual\n  name: x\n');
});

test('environment files keep comments, and quote what needs it', async () => {
  const file = envFile({ ...place, model: model.object({ PORT: model.number(), NAME: model.text() }) });
  const { handle, text } = opened(file, '# first\nexport PORT=80\nNAME=\'a b\'\nEMPTY=\nURL="x \\"y\\""\n');
  expect(await handle.once()).toEqual({ PORT: 80, NAME: 'a b', EMPTY: '', URL: 'x "y"' });
  await handle.merge({ NAME: 'it costs $5 "now"' });
  expect(text()).toBe('# first\nPORT=80\nNAME="it costs \\$5 \\"now\\""\nEMPTY=\nURL="x \\"y\\""\n');
  expect((await handle.once())?.NAME).toBe('it costs $5 "now"');
  await expect(handle.merge({ NAME: 'two\nlines' })).rejects.toThrow('NAME must be one line');
});

test('any other form is read and printed by its packager', async () => {
  const file = rawFile({
    volume: 'data',
    path: 'settings',
    read: (text) => text.trim().split('\n'),
    print: (lines) => `${lines.join('\n')}\n`,
    initial: ['a'],
  });
  const { handle, text } = opened(file);
  expect(await handle.once()).toEqual(['a']);
  await handle.write([...(await handle.once()), 'b']);
  expect(text()).toBe('a\nb\n');
});

test('a file whose content makes no sense is put right by a merge, and never by a look', async () => {
  const { handle, text } = opened(jsonFile({ ...place, initial: { server: { port: 1, open: false } } }), '{broken');
  await expect(handle.once()).rejects.toThrow('Cannot read settings');
  expect(text()).toBe('{broken');
  expect(await handle.merge({ server: { open: true } })).toEqual({ server: { port: 1, open: true } });
});

test('paths stay within their volume', () => {
  for (const path of ['/etc/passwd', '../other', 'a/../../b'])
    expect(() => jsonFile({ ...place, path })).toThrow('is not a path within a volume');
});

describe('a value that changes', () => {
  const file = jsonFile({ ...place, model: model.object({ a: model.number(), b: model.number() }) });
  const put = (machine: FakeMachine, a: number, b = 0) => machine.write(where, JSON.stringify({ a, b }));

  test('is followed, each time it is another one', async () => {
    const { machine, handle } = opened(file);
    const seen: unknown[] = [];
    const end = handle.map((held) => held?.a ?? null).onChange((a) => void seen.push(a));
    await until(() => machine.watched > 0, 'it is watched');
    put(machine, 1);
    await until(() => seen.length === 1, 'the first value');
    put(machine, 1, 5);
    put(machine, 2, 5);
    await until(() => seen.length === 2, 'the second value');
    expect(seen).toEqual([1, 2]);
    end();
    await until(() => machine.watched === 0, 'nobody watches');
  });

  test('is waited for', async () => {
    const { machine, handle } = opened(file);
    const found = handle.until((held) => held?.a === 3);
    await until(() => machine.watched > 0, 'it is watched');
    put(machine, 3);
    expect(await found).toEqual({ a: 3, b: 0 });
  });

  test('has whoever relies on it run again, once, and only when the part it took changed', async () => {
    const { machine, handle } = opened(file);
    put(machine, 1);
    let again = 0;
    machine.effects.constRetry = () => void (again += 1);
    expect(await handle.map((held) => held?.a).const()).toBe(1);
    put(machine, 1, 7);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(again).toBe(0);
    put(machine, 2, 7);
    await until(() => again === 1, 'it is run again');
    await until(() => machine.watched === 0, 'nobody watches');
  });

  test('ends with its context', async () => {
    const { machine, handle } = opened(file);
    const seen: unknown[] = [];
    const loop = (async () => {
      for await (const held of handle.watch()) seen.push(held);
    })();
    await until(() => seen.length === 1, 'the value of now');
    await machine.leaveContext();
    await loop;
    expect(machine.watched).toBe(0);
  });

  test('in prepare has prepare run again; in a command it restarts the service', async () => {
    const machine = new FakeMachine();
    const commands: number[] = [];
    let prepared = 0;
    const service = defineService(
      {
        about,
        images,
        volumes: ['data'],
        files: { settings: jsonFile({ ...place, model: model.object({ a: model.number() }), initial: { a: 1 } }) },
        async prepare({ files }) {
          prepared = (await files.settings.const()).a;
        },
        daemons: {
          web: {
            image: 'main',
            async command({ files }) {
              const { a } = await files.settings.const();
              commands.push(a);
              return ['daemon-web', String(a)];
            },
            ready: null,
          },
        },
        backup: ['data'],
      },
      machine.host,
    );
    await service.init({ effects: machine.effects, kind: 'install' });
    expect([prepared, machine.files.get(where)]).toEqual([1, '{\n  "a": 1\n}\n']);
    machine.effects.constRetry = () => void machine.effects.restart();
    const running = await (await service.main({ effects: machine.effects })).build();
    await until(() => commands.length === 1, 'the daemon started');
    machine.write(where, '{"a": 2}');
    await until(() => prepared === 2, 'it was prepared again');
    await until(() => machine.named('restart').length === 1, 'the service was restarted');
    machine.write(where, '{"a": 3}');
    await until(() => prepared === 3, 'it was prepared a third time');
    await running.term();
    await machine.leaveContext();
    expect(machine.named('restart')).toHaveLength(1);
  });
});

test('a daemon that ends again and again relies on things once', async () => {
  const machine = new FakeMachine();
  let starts = 0;
  machine.behaviour = (program) => {
    if (program.argv.includes('daemon-web') && ++starts < 6) program.finish(1);
  };
  const service = defineService(
    {
      about,
      images,
      volumes: ['data'],
      files: { settings: jsonFile({ ...place, model: model.object({ a: model.number() }), initial: { a: 1 } }) },
      daemons: {
        web: {
          image: 'main',
          command: async ({ files }) => ['daemon-web', String(await files.settings.map(({ a }) => a).const())],
          env: async ({ files }) => ({ A: String((await files.settings.const()).a) }),
          ready: null,
        },
      },
      backup: ['data'],
    },
    machine.host,
  );
  await service.init({ effects: machine.effects, kind: 'install' });
  let again = 0;
  machine.effects.constRetry = () => void (again += 1);
  const running = await (await service.main({ effects: machine.effects })).build();
  await until(() => starts === 6, 'it was started six times');
  await until(() => machine.watched === 2, 'only what the last start asked for is watched');
  machine.write(where, '{"a": 2}');
  await until(() => again === 2, 'both are told');
  await machine.leaveContext();
  await running.term();
  expect(machine.watched).toBe(0);
});

test('what the host tells is followed in the same way', async () => {
  const machine = new FakeMachine();
  const parts = {
    id: 'example',
    volumes: [],
    files: {},
    secrets: {},
    interfaces: [],
    dependencies: [],
    signOn: undefined,
  };
  const { smtp } = makeContext(machine.effects, machine.host, parts);
  const found = smtp.until((server) => server !== null);
  machine.smtp = { host: 'mail', port: 587, from: 'a@b', username: 'a', password: null, security: 'starttls' };
  await until(() => machine.follows('smtp'), 'somebody follows');
  machine.changed('smtp');
  expect((await found)?.host).toBe('mail');
});

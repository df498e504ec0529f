/**
 * Every part of the published SDK once, by two packages on a whole server: `workshop`, and `apprentice`, which needs it.
 * `spec/packages/README.md` says which part is watched by which test.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Box } from './box.ts';
import { ask, ExampleBox, until } from './example-box.ts';

const minute = 60_000;
let examples: ExampleBox;
let box: Box;
const workshop = (path: string): string => examples.volume('workshop', `main/${path}`);
const apprentice = (path: string): string => examples.volume('apprentice', `main/${path}`);
/** In one step, as a program that takes care does it: half a file is none that a handler could read. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
const shown = async () => {
  const { result } = await examples.run('workshop', 'show');
  return Object.fromEntries(
    result.value.map((row: { name: string; value: string }) => [row.name, JSON.parse(row.value)]),
  );
};

beforeAll(async () => {
  examples = await ExampleBox.make();
  box = examples.box;
  await examples.sideload(await examples.pack('workshop'));
}, 5 * minute);
afterAll(async () => {
  await examples.close();
}, 3 * minute);

describe('init', () => {
  test('runs its handlers in order, in the language of the server, and tells the owner', async () => {
    expect(examples.journal('workshop')).toEqual(
      expect.arrayContaining(['init install', 'Made 1,234.5 of 2,000 on 1/2/2026', 'smtp none', 'const yaml Ada']),
    );
    const notifications = JSON.stringify(await box.call('notification.list'));
    expect(notifications).toContain('The workshop is set up');
    expect(notifications).toContain('One of each format.');
  });

  test(
    'is told of the mail server the owner sets, and when it is gone',
    async () => {
      const server = { host: 'mail.example.com', port: 587, from: 'home@example.com', username: 'home' };
      await box.call('server.set-smtp', { ...server, password: 'secret words' });
      await examples.noted('workshop', 'smtp mail.example.com');
      expect(await examples.read('/smtp/server')).toEqual({ ...server, security: 'starttls', hasPassword: true });
      await box.call('server.clear-smtp');
      await examples.noted('workshop', 'smtp none', 2);
    },
    2 * minute,
  );

  test('exports actions of every visibility and status, and says what is set of each', async () => {
    const { actions } = await examples.row('workshop');
    expect(Object.keys(actions)).toHaveLength(15);
    expect(actions).toMatchObject({
      show: { access: 'public', group: 'Files', hasInput: false },
      hidden: { visibility: 'hidden' },
      disabled: { visibility: { disabled: 'Not before spring' } },
      'only-running': { allowedStatuses: 'only-running', warning: 'It takes a while' },
      'every-input': { hasInput: true },
    });
    await expect(examples.run('workshop', 'disabled')).rejects.toThrow('Not before spring');
    await expect(examples.run('workshop', 'only-running')).rejects.toThrow('services.actionNotNow');
    expect(await examples.run('workshop', 'only-stopped')).toBeNull();
    expect(await examples.run('workshop', 'hidden')).toBeNull();
  });
});

describe('files', () => {
  test('of every format are written and read', async () => {
    const both = { name: 'Ada', size: 3 };
    expect(await shown()).toEqual({
      ...{ json: both, yaml: both, toml: both, ini: both, raw: both },
      env: { NAME: 'Ada' },
      xml: { settings: both },
      text: 'Ada, 3',
      scaled: { metres: 1.5 },
    });
    expect(readFileSync(workshop('files/settings.env'), 'utf8')).toBe('NAME=Ada');
    expect(JSON.parse(readFileSync(workshop('files/scaled.json'), 'utf8'))).toEqual({ millimetres: 1500 });
  });

  test('read with const run their handler again, and no other; those watched tell every change', async () => {
    const inits = examples.journal('workshop').filter((line) => line.startsWith('init')).length;
    appendFileSync(workshop('files/settings.yaml'), 'colour: red\n');
    replace(workshop('files/settings.toml'), 'name = "Ada"\nsize = 4\n');
    await examples.noted('workshop', 'onChange toml 4');
    replace(workshop('files/settings.ini'), 'name=Bea\nsize=3\n');
    await examples.noted('workshop', 'watch ini Bea');
    // The key nobody maps is no change.
    expect(examples.journal('workshop').filter((line) => line === 'const yaml Ada')).toHaveLength(1);
    replace(workshop('files/settings.yaml'), 'name: Eve\nsize: 3\ncolour: red\n');
    await examples.noted('workshop', 'const yaml Eve');
    // What was read with const and is then written by the same handler makes it begin anew.
    await examples.noted('workshop', 'Canceled: write after const');
    await examples.noted('workshop', 'const yaml Eva');
    expect(readFileSync(workshop('files/settings.yaml'), 'utf8')).toContain('colour: red');
    expect(examples.journal('workshop').filter((line) => line.startsWith('init'))).toHaveLength(inits);
  });

  test('are waited for by an action that goes on until it is so', async () => {
    const waiting = examples.run('workshop', 'wait-for-name');
    for (const name of ['Not yet', 'Gone']) replace(workshop('files/settings.env'), `NAME=${name}`);
    expect((await waiting).result.value).toBe('Gone');
  });
});

describe('main', () => {
  test(
    'brings up one-shots, daemons of every form in the order of need, and checks of every kind',
    async () => {
      await examples.start('workshop');
      const health = await examples.healthy('workshop', 'web', 'own-tls', 'first', 'built', 'page', 'script', 'mood');
      const told = Object.fromEntries(Object.entries(health).map(([id, { message }]) => [id, message]));
      expect(told).toEqual({
        web: 'The page is ready',
        'own-tls': 'up',
        first: 'pid 1',
        built: null,
        page: 'It answers',
        script: 'prepared by web',
        mood: 'it is success',
      });
      expect(examples.journal('workshop')).toEqual(
        expect.arrayContaining(['main Ada', 'web said serving Ada on 8080', 'a daemon of the script alone']),
      );
    },
    3 * minute,
  );

  test(
    'tells each result of a check as it is',
    async () => {
      for (const mood of ['loading', 'disabled', 'waiting', 'starting', 'failure', 'success']) {
        replace(workshop('mood'), mood);
        await until(
          `mood ${mood}`,
          minute,
          async () => (await examples.read('/serviceHealth/workshop')).mood.result === mood,
        );
      }
    },
    2 * minute,
  );

  test(
    'is begun anew when what it read with const changes',
    async () => {
      replace(workshop('files/settings.json'), JSON.stringify({ name: 'Cleo', size: 3, kept: true }));
      await examples.noted('workshop', 'main Cleo');
      await examples.noted('workshop', 'web said serving Cleo on 8080');
      await examples.healthy('workshop', 'web', 'page');
      expect(await examples.page('workshop.localhost')).toBe('200 Cleo\n');
    },
    2 * minute,
  );
});

describe('interfaces', () => {
  test('are exported with TLS ended by the server, with TLS of their own, and without', async () => {
    const { hosts } = await examples.row('workshop');
    const known = Object.fromEntries(
      Object.entries(hosts).map(([id, host]: any) => [id, Object.values<any>(host.bindings)[0]]),
    );
    expect(Object.keys(known.web.interfaces)).toEqual(['ui', 'admin']);
    expect(known.web).toMatchObject({ options: { secure: null, addSsl: { preferredExternalPort: 443 } } });
    expect(known.web.interfaces.admin).toMatchObject({
      masked: true,
      addressInfo: { username: 'admin', suffix: '/admin?lang=en' },
    });
    expect(known.own).toMatchObject({ options: { secure: { ssl: true }, addSsl: null }, net: { assignedPort: 18443 } });
    expect(known.both).toMatchObject({
      options: { secure: { ssl: true }, addSsl: { preferredExternalPort: 443 } },
      net: { assignedPort: null, assignedSslPort: expect.any(Number) },
    });
    expect(known.line).toMatchObject({ net: { assignedPort: 19735, assignedSslPort: null } });
    expect(known.line.interfaces.line.addressInfo).toMatchObject({ scheme: 'line', sslScheme: null });
    expect(known.api.net).toEqual({ assignedPort: 18081, assignedSslPort: 18444 });
    expect(known.inner).toMatchObject({ enabled: true, interfaces: {} });
  });

  test('tell the package its addresses', async () => {
    const found = await examples.value('workshop', 'network');
    expect(found).toMatchObject({
      os: `${box.config.subnet}.1`,
      forward: { assignedPort: 19735, assignedSslPort: null },
      dependencies: [],
      installed: ['workshop'],
      version: '1.2.0:0',
    });
    expect(found.urls).toEqual(expect.arrayContaining([expect.stringMatching(/^https:\/\/workshop\..*:\d+$/)]));
    expect(found.bridge).toEqual([`http://${found.container}:8080`]);
    expect(found.gateway).toMatch(/\w/);
  });

  test('of many ports are handed on, each to the port that is as far from the first', async () => {
    const { hosts } = await examples.row('workshop');
    expect(hosts.calls.bindingRanges).toMatchObject({
      9800: {
        ...{ enabled: true, externalStartPort: 24_200, numberOfPorts: 4 },
        interface: { id: 'calls', name: 'Calls', scheme: 'rtp' },
      },
    });
    const answer = await until('the third line', minute, () => fetch('http://127.0.0.1:24202/'));
    expect(await answer.text()).toBe('third line\n');
  });

  test('of its own TLS serve the certificate the server gave', async () => {
    const { container } = await examples.value('workshop', 'network');
    const chain = readFileSync(workshop('tls/certificate.pem'), 'utf8').split(/(?=-----BEGIN)/);
    expect(chain).toHaveLength(3);
    const where = { host: container, port: 8443, servername: 'workshop.startos', ca: chain.at(-1) };
    expect(await ask(where)).toMatch(/^200 /);
    expect(readFileSync(workshop('tls/key.pem'), 'utf8')).toContain('BEGIN PRIVATE KEY');
  });

  test(
    'close what a new run of their handler does not open again, and keep its ports',
    async () => {
      replace(workshop('files/doors.json'), '{"api": false}');
      const api = async () => (await examples.row('workshop')).hosts.api.bindings[8081];
      await until('the door is closed', minute, async () => (await api()).enabled === false);
      expect((await api()).interfaces).toEqual({});
      replace(workshop('files/doors.json'), '{"api": true}');
      await until('the door is open', minute, async () => (await api()).enabled && 'api' in (await api()).interfaces);
      expect((await api()).net).toEqual({ assignedPort: 18081, assignedSslPort: 18444 });
    },
    2 * minute,
  );
});

describe('actions', () => {
  const every = { packageId: 'workshop', actionId: 'every-input' };

  test(
    'draw inputs of every kind, and hold what comes to them',
    async () => {
      const { spec, value, eventId } = await box.call('package.action.get-input', { ...every, prefill: { number: 8 } });
      const kinds = new Set(Object.values<any>(spec).map(({ type }) => type));
      expect([...kinds].sort()).toEqual([
        ...['color', 'datetime', 'file', 'hidden', 'list', 'multiselect', 'number', 'object', 'select', 'text'],
        ...['textarea', 'toggle', 'triState', 'union'],
      ]);
      expect(value).toEqual({ number: 8, hidden: 'kept' });
      const input = {
        ...{ toggle: false, triState: null, text: 'abc', secret: null, textarea: 'a\nb', number: 9, color: '#aabbcc' },
        ...{ datetime: '2026-01-02', select: 'b', multiselect: ['b'], object: { x: 1.5, y: null } },
        ...{ union: { selection: 'point', value: { x: 2, y: 3 } }, file: null, list: ['one', 'two'] },
        ...{ points: [{ x: 1, y: null }], hidden: 'kept', doubled: 4, locked: false },
      };
      const { result } = await examples.run('workshop', 'every-input', input, eventId);
      expect(JSON.parse(result.value)).toEqual({ ...input, doubled: 8 });
      for (const wrong of [{ number: 10 }, { text: 'a' }, { select: 'c' }, { multiselect: ['a', 'b'] }, { list: [] }])
        await expect(examples.run('workshop', 'every-input', { ...input, ...wrong })).rejects.toThrow(
          'services.inputInvalid',
        );
    },
    minute,
  );

  test('draw inputs that are worked out at the time', async () => {
    const asked = { packageId: 'workshop', actionId: 'moving-input', prefill: { text: 'Dora' } };
    const { spec, value } = await box.call('package.action.get-input', asked);
    expect(spec).toMatchObject({
      toggle: { disabled: 'Later' },
      text: { name: 'For Dora' },
      number: { max: 4 },
      color: { default: '#00ff00' },
      select: { disabled: ['y'] },
      union: { variants: { point: { name: 'A point' } } },
      added: { disabled: 'Look only' },
    });
    expect(value).toEqual({ hidden: 5 });
  });

  test('take the form for e-mail', async () => {
    const { spec } = await box.call('package.action.get-input', { packageId: 'workshop', actionId: 'mail' });
    expect(Object.keys(spec.smtp.variants)).toEqual(['disabled', 'system', 'custom']);
    const { result } = await examples.run('workshop', 'mail', { smtp: { selection: 'disabled', value: {} } });
    expect(result.value).toBe('disabled');
  });

  test('run others of their own package within the same event', async () => {
    const answer = await examples.run('workshop', 'show-again', undefined, 'event-of-the-owner');
    expect(answer).toMatchObject({ message: 'event-of-the-owner', result: { value: '9' } });
  });

  test('that fail say why in their own words, and no more', async () => {
    await expect(examples.run('workshop', 'refuse')).rejects.toThrow(
      /^services\.scriptFailed: package\.action\.run: Cannot run "\/actions\/refuse\/run" of service "workshop": The shelf holds ten: pick a smaller size$/,
    );
  });

  test(
    'use subcontainers with every kind of mount, and every way to run a program',
    async () => {
      expect(await examples.value('workshop', 'look')).toEqual({
        letter: 'for the apprentice',
        inner: 'of the store',
        file: { name: 'Cleo', size: 3, kept: true },
        inferred: 'Ada, 3',
        asset: 'A pattern the package brings along.',
        mapped: expect.stringContaining('1000'),
        written: 'written through the root',
        refused: expect.stringContaining('sorry'),
        typed: 'typed in',
        slow: 'SIGKILL',
        heard: 'got a line',
        guid: true,
        devices: ['none'],
        launched: { said: 'as 1', code: 4 },
        gone: true,
      });
    },
    minute,
  );

  test(
    'bring up daemons for as long as they need them',
    async () => {
      expect((await examples.run('workshop', 'bootstrap')).result.value).toBe('done');
      expect(box.pids('/bin/serve 8099', 'workshop')).toEqual([]);
    },
    minute,
  );
});

describe('another package', () => {
  test(
    'is needed, watched, asked for its actions, and its owner asked for more',
    async () => {
      await examples.sideload(await examples.pack('apprentice'));
      const { dependencies, tasks } = await examples.row('apprentice');
      expect(dependencies).toEqual({
        workshop: {
          kind: 'running',
          id: 'workshop',
          healthChecks: ['web'],
          versionRange: expect.stringContaining('bench'),
        },
      });
      expect(tasks).toMatchObject({
        look: { active: true, task: { packageId: 'workshop', actionId: 'show', severity: 'optional' } },
        fit: { active: true, task: { severity: 'important', input: { set: { size: 8 } } } },
        choose: { active: true, task: { packageId: 'apprentice', severity: 'critical', reason: 'Nothing to do yet' } },
      });
      expect(tasks).not.toHaveProperty('passing');
      expect(examples.journal('apprentice')).toEqual(expect.arrayContaining(['api true', 'workshop 1.2.0:0', 'asked']));
    },
    3 * minute,
  );

  test(
    'keeps its dependant from nothing: its tasks are done where they are',
    async () => {
      await expect(box.call('package.start', { id: 'apprentice' })).rejects.toThrow('services.taskOpen');
      await examples.run('apprentice', 'choose', { work: 'saw' });
      await examples.run('workshop', 'show');
      await examples.run('workshop', 'set-size', { size: 9 });
      await until('no task is open', minute, async () => {
        const { tasks } = await examples.row('apprentice');
        return Object.values<any>(tasks).every(({ active }) => !active);
      });
      expect(Object.keys((await examples.row('apprentice')).tasks)).toEqual(['fit']);
      await examples.run('workshop', 'set-size', { size: 2 });
      await until('it no longer fits', minute, async () => (await examples.row('apprentice')).tasks.fit.active);
      await examples.start('apprentice');
      await examples.healthy('apprentice', 'saw', 'plane');
    },
    3 * minute,
  );

  test(
    'gives its volume, and what it says about itself',
    async () => {
      await until(
        'the letter is read',
        minute,
        async () => readFileSync(apprentice('saw'), 'utf8') === 'for the apprentice',
      );
      expect(readFileSync(apprentice('devices'), 'utf8')).toBe('tun\n');
      const { container } = await examples.value('workshop', 'network');
      expect(await examples.value('apprentice', 'inquire')).toEqual({
        ...{
          installed: true,
          version: null,
          plain: false,
          running: true,
          healthy: true,
          tasks: true,
          satisfied: false,
        },
        dependencies: [expect.objectContaining({ id: 'workshop' })],
        packages: expect.arrayContaining(['workshop', 'apprentice']),
        status: { main: 'running' },
        nobody: null,
        address: container,
        calls: [24_200, 4],
        bridge: `${container}:8080`,
        inner: `${container}:8082`,
        fallback: expect.stringMatching(/:9050$/),
        own: expect.stringContaining('Not Found'),
      });
    },
    minute,
  );

  test(
    'opens its actions as far as it says',
    async () => {
      expect(await examples.value('apprentice', 'borrow')).toEqual({
        open: 9,
        input: expect.objectContaining({ value: { size: 2 }, eventId: expect.any(String) }),
        failing: expect.stringContaining('Unknown Error: '),
        closed: expect.stringContaining('Invalid Request'),
      });
    },
    minute,
  );

  test(
    'is heard of when it changes',
    async () => {
      replace(workshop('mood'), 'failure');
      await examples.noted('apprentice', 'mood failure: it is failure');
      replace(workshop('mood'), 'success');
      await examples.noted('apprentice', 'mood success: it is success', 2);
      replace(workshop('files/doors.json'), '{"api": false}');
      await examples.noted('apprentice', 'api false');
    },
    2 * minute,
  );

  test(
    'a set of daemons is brought to what is wanted, and what stays is left alone',
    async () => {
      const pids = (length: number) => box.pids(`sleep 100${length}`, 'apprentice');
      const [saw] = pids(3);
      replace(apprentice('bench.json'), JSON.stringify({ work: ['saw', 'hammer'] }));
      await until(
        'the new work has begun, the old is over',
        minute,
        async () => pids(6).length > 0 && pids(5).length === 0,
      );
      expect(pids(3)).toEqual(expect.arrayContaining([saw]));
      await until(
        'it reads the letter',
        minute,
        async () => readFileSync(apprentice('hammer'), 'utf8') === 'for the apprentice',
      );
    },
    2 * minute,
  );
});

import { describe, expect, jest, test } from '@jest/globals';
import { FakeMachine, until } from '../testing/fake-machine.ts';
import { answer, shown } from './answer.ts';
import { portListens, webAnswers } from './checks.ts';
import { defineService } from './define-service.ts';

jest.setTimeout(60_000);

const words = { success: 'up', failure: 'down' };

function example(machine: FakeMachine, hooks: { install?: () => Promise<void>; migrate?: () => Promise<void> } = {}) {
  return defineService(
    {
      about: {
        id: 'example',
        title: 'Example',
        version: '1.2.3:0',
        releaseNotes: 'First',
        license: 'MIT',
        description: { short: 'An example', long: 'An example of a service' },
        packageRepo: 'https://example.com/package',
        upstreamRepo: 'https://example.com/upstream',
      },
      images: { main: { arch: ['x86_64'] }, helper: { arch: ['x86_64'] } },
      volumes: ['data', 'cache'],
      interfaces: {
        ui: { name: 'Web page', description: 'Its page', type: 'ui', port: 8080, protocol: 'http' },
        peers: { name: 'Peers', description: 'Others', type: 'p2p', port: 22000, protocol: 'tcp', encrypted: true },
      },
      daemons: {
        database: { image: 'helper', command: ['daemon-database'], mounts: { data: '/db' }, ready: null },
        web: {
          image: 'main',
          command: ['daemon-web', '--flag'],
          user: 'web',
          env: { HOME: '/home/web' },
          mounts: { data: { at: '/data', owner: 'web' }, cache: '/cache' },
          requires: ['database'],
          ready: { name: 'Web page', check: webAnswers(8080, words), graceMs: 0 },
          stopWithinMs: 20_000,
        },
      },
      checks: { peers: { name: 'Peers', check: portListens(22000, words), requires: ['web'], graceMs: 0 } },
      actions: {
        'show-password': {
          name: 'Show the password',
          description: 'Shows it',
          run: () => Promise.resolve(answer('Password', null, { Password: shown('hunter2', { masked: true }) })),
        },
      },
      askAtInstall: { 'show-password': { severity: 'important', reason: 'You need it to log in' } },
      backup: ['data', { volume: 'cache', exclude: ['*.tmp'] }],
      ...hooks,
    },
    machine.host,
  );
}

const commands = (machine: FakeMachine) =>
  machine.programs
    .filter(({ argv }) => argv.includes('exec'))
    .map(({ argv }) => argv.find((word) => /^daemon-/.test(word)) ?? 'task');

test('the manifest holds what StartOS requires', () => {
  const { manifest } = example(new FakeMachine());
  expect(manifest).toMatchObject({
    id: 'example',
    canMigrateFrom: '<=1.2.3:0',
    canMigrateTo: '=1.2.3:0',
    volumes: ['data', 'cache'],
  });
  expect(manifest.images['main']).toEqual({
    source: 'packed',
    arch: ['x86_64'],
    emulateMissingAs: null,
    nvidiaContainer: false,
  });
});

test('the manifest says which kit it was made with', async () => {
  const { default: kit } = await import('../../package.json', { with: { type: 'json' } });
  expect(example(new FakeMachine()).manifest['sdkVersion']).toBe(kit.version);
});

test('the manifest is one the contract reads', async () => {
  const contract = await import('@hearth/contract');
  expect(contract.manifest.parse(example(new FakeMachine()).manifest).id).toBe('example');
});

describe('init', () => {
  test('installs once, exports interfaces and actions, and asks the owner', async () => {
    const machine = new FakeMachine();
    let installs = 0;
    const service = example(machine, { install: () => Promise.resolve().then(() => void (installs += 1)) });
    await service.init({ effects: machine.effects, kind: 'install' });
    await service.init({ effects: machine.effects, kind: null });
    expect(installs).toBe(1);
    expect(machine.dataVersion).toBe('1.2.3:0');
    expect(machine.named('bind')[0]).toMatchObject({
      id: 'ui',
      internalPort: 8080,
      addSsl: { preferredExternalPort: 443 },
    });
    expect(machine.named('bind')[1]).toMatchObject({
      id: 'peers',
      addSsl: null,
      secure: { ssl: true },
      preferredExternalPort: 22000,
    });
    expect(machine.named('exportServiceInterface')[0]).toMatchObject({
      addressInfo: { scheme: 'http', sslScheme: 'https' },
    });
    expect(machine.named('clearServiceInterfaces')).toContainEqual({ except: ['ui', 'peers'] });
    expect(machine.named('action.export')).toContainEqual(expect.objectContaining({ id: 'show-password' }));
    expect(machine.named('action.createTask')).toEqual([
      {
        replayId: 'show-password',
        packageId: 'example',
        actionId: 'show-password',
        severity: 'important',
        reason: 'You need it to log in',
      },
    ]);
  });

  test('migrates data of another version', async () => {
    const machine = new FakeMachine();
    machine.dataVersion = '1.0:0';
    let migrated = false;
    const service = example(machine, { migrate: () => Promise.resolve(void (migrated = true)) });
    await service.init({ effects: machine.effects, kind: 'update' });
    expect(migrated).toBe(true);
    expect(machine.dataVersion).toBe('1.2.3:0');
  });

  test('a restore copies the volumes back and installs nothing', async () => {
    const machine = new FakeMachine();
    let installed = false;
    const service = example(machine, { install: () => Promise.resolve(void (installed = true)) });
    await service.init({ effects: machine.effects, kind: 'restore' });
    expect(installed).toBe(false);
    const copies = machine.programs.filter(({ argv }) => argv[0] === 'rsync').map(({ argv }) => argv.slice(-2));
    expect(copies).toEqual([
      ['/media/startos/backup/volumes/data/', '/media/startos/volumes/data/'],
      ['/media/startos/backup/volumes/cache/', '/media/startos/volumes/cache/'],
    ]);
  });
});

describe('main', () => {
  test('starts what is required first, by the argv of the ABI', async () => {
    const machine = new FakeMachine();
    const running = await (await example(machine).main({ effects: machine.effects })).build();
    await until(() => machine.inside('daemon-web').length > 0, 'the web daemon starts');
    expect(commands(machine)).toEqual(['daemon-database', 'task', 'daemon-web']);
    expect(machine.inside('daemon-web')[0]!.argv).toEqual([
      'start-container',
      'subcontainer',
      'exec',
      '--env-file=/media/startos/images/main.env',
      '--user=web',
      '--workdir=/',
      '--env=HOME=/home/web',
      '/sub/guid-2',
      'daemon-web',
      '--flag',
    ]);
    expect(machine.inside('chown')[0]!.argv.slice(-3)).toEqual(['chown', 'web', '/data']);
    expect(machine.programs.map(({ argv }) => argv)).toContainEqual([
      'start-container',
      'bind-mount',
      '--source',
      '/media/startos/volumes/data/',
      '--target',
      '/sub/guid-1/db',
      '--recursive',
    ]);
    await running.term();
  });

  test('tells health as it changes, and only then', async () => {
    const machine = new FakeMachine();
    const running = await (await example(machine).main({ effects: machine.effects })).build();
    const told = () =>
      machine.named('setHealth').map((entry) => {
        const { id, result } = entry as { id: string; result: string };
        return `${id} ${result}`;
      });
    await until(() => told().includes('web failure'), 'failure is told');
    machine.files.set('/proc/net/tcp6', '  0: 00000000:55F0 00000000:0000 0A 0 0\n');
    machine.webUp = true;
    await until(() => told().includes('peers success'), 'success is told');
    const count = told().length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(told().length).toBe(count);
    expect(told().filter((entry) => entry === 'web success')).toHaveLength(1);
    expect(told().some((entry) => entry.startsWith('database'))).toBe(false);
    await running.term();
  });

  test('stops in reverse order, kills what will not end, and takes every subcontainer down', async () => {
    const machine = new FakeMachine();
    const order: string[] = [];
    machine.behaviour = (program) => {
      const name = program.argv.find((word) => word.startsWith('daemon-'));
      if (name !== undefined) void program.exited.then(({ signal }) => order.push(`${name} ${signal ?? ''}`));
    };
    const running = await (await example(machine).main({ effects: machine.effects })).build();
    await until(() => machine.inside('daemon-web').length > 0, 'the web daemon starts');
    const [first, second] = [running.term(), machine.leaveContext()];
    await Promise.all([first, second]);
    expect(order).toEqual(['daemon-web SIGTERM', 'daemon-database SIGTERM']);
    expect(machine.named('subcontainer.destroyFs')).toEqual([{ guid: 'guid-2' }, { guid: 'guid-1' }]);
    expect(machine.inside('daemon-web')).toHaveLength(1);
  });

  test('starts a program that ended again', async () => {
    const machine = new FakeMachine();
    const running = await (await example(machine).main({ effects: machine.effects })).build();
    machine.inside('daemon-database')[0]!.finish(1);
    await until(() => machine.inside('daemon-database').length > 1, 'it is started again');
    expect(machine.logs[0]).toContain('database ended (exit code 1)');
    machine.webUp = true;
    const results = () =>
      machine
        .named('setHealth')
        .map((entry) => entry as { id: string; result: string })
        .filter(({ id }) => id === 'web')
        .map(({ result }) => result);
    await until(() => results().at(-1) === 'success', 'the web page is healthy');
    machine.inside('daemon-web')[0]!.finish(null, 'SIGSEGV');
    await until(() => results().slice(-2).join() === 'starting,success', 'its end is told at once');
    await running.term();
  });
});

test('a daemon that ignores TERM is killed when its time is over', async () => {
  const machine = new FakeMachine();
  const about = example(machine).manifest;
  const service = defineService(
    {
      about: { ...about, releaseNotes: '', license: 'MIT', packageRepo: 'x', upstreamRepo: 'x' },
      images: { main: { arch: ['x86_64'] } },
      volumes: [],
      daemons: { mule: { image: 'main', command: ['daemon-mule', 'stubborn'], ready: null, stopWithinMs: 1000 } },
      backup: [],
    },
    machine.host,
  );
  const running = await (await service.main({ effects: machine.effects })).build();
  await running.term();
  expect(machine.inside('daemon-mule')[0]!.signals).toEqual(['SIGTERM', 'SIGKILL']);
});

test('a daemon to which TERM means something else is told in its own way', async () => {
  const machine = new FakeMachine();
  const daemon = { image: 'main', command: ['daemon-plain'], ready: null, stopSignal: 'SIGINT' } as const;
  const service = defineService(
    {
      about: { ...example(machine).manifest, releaseNotes: '', license: 'MIT', packageRepo: 'x', upstreamRepo: 'x' },
      images: { main: { arch: ['x86_64'] } },
      volumes: [],
      daemons: { plain: daemon },
      backup: [],
    },
    machine.host,
  );
  const running = await (await service.main({ effects: machine.effects })).build();
  await running.term();
  expect(machine.inside('daemon-plain')[0]!.signals).toEqual(['SIGINT']);
});

test('an action answers what the owner sees', async () => {
  const machine = new FakeMachine();
  const result = await example(machine).actions.get('show-password')!.run({ effects: machine.effects });
  expect(result).toEqual({
    version: '1',
    title: 'Password',
    message: null,
    result: {
      type: 'group',
      value: [
        {
          type: 'single',
          value: 'hunter2',
          copyable: true,
          qr: false,
          masked: true,
          name: 'Password',
          description: null,
        },
      ],
    },
  });
});

test('a backup asks for one copy per volume and writes the data version', async () => {
  const machine = new FakeMachine();
  machine.dataVersion = '1.2.3:0';
  await example(machine).createBackup({ effects: machine.effects });
  const copies = machine.programs.filter(({ argv }) => argv[0] === 'rsync').map(({ argv }) => argv);
  expect(copies[1]).toEqual([
    'rsync',
    '--delete',
    '--exclude=*.tmp',
    '-rlptgoAXH',
    '--partial',
    '--inplace',
    '--timeout=300',
    '--info=progress2',
    '/media/startos/volumes/cache/',
    '/media/startos/backup/volumes/cache/',
  ]);
  expect(machine.files.get('/media/startos/backup/dataVersion.txt')).toBe('1.2.3:0');
});

test('what was not declared is a compile error, and a circle is refused when the package loads', () => {
  const about = {
    ...example(new FakeMachine()).manifest,
    releaseNotes: '',
    license: '',
    packageRepo: '',
    upstreamRepo: '',
  };
  const images = { main: { arch: ['x86_64'] } };
  const daemon = { image: 'main', command: ['x'], ready: null } as const;
  // @ts-expect-error -- no such image
  defineService({ about, images, volumes: ['data'], backup: [], daemons: { a: { ...daemon, image: 'other' } } });
  // @ts-expect-error -- no such volume
  defineService({ about, images, volumes: ['data'], backup: ['dta'], daemons: { a: daemon } });
  // @ts-expect-error -- no such volume
  defineService({ about, images, volumes: ['data'], backup: [], daemons: { a: { ...daemon, mounts: { dta: '/x' } } } });
  // @ts-expect-error -- no such daemon
  defineService({ about, images, volumes: ['data'], backup: [], daemons: { a: { ...daemon, requires: ['b'] } } });
  const circle = { a: { ...daemon, requires: ['b'] as const }, b: { ...daemon, requires: ['a'] as const } };
  expect(() => defineService({ about, images, volumes: ['data'], backup: [], daemons: circle })).toThrow('a -> b -> a');
});

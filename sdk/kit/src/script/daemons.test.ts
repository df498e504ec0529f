/** What a daemon is started with: commands, variables, limits, mounts; and those that run once. */
import { execFileSync } from 'node:child_process';
import { expect, jest, test } from '@jest/globals';
import { about, images } from '../testing/example.ts';
import { FakeMachine, until } from '../testing/fake-machine.ts';
import { fromImage, limited } from './command.ts';
import { defineService } from './define-service.ts';

jest.setTimeout(60_000);

test('limits are held by the kernel for the real program', () => {
  const command = ['sh', '-c', 'ulimit -n; ulimit -v; nice; echo "$1"', 'sh', 'a "b" $c'];
  const [file = '', ...args] = limited(command, { openFiles: 100, addressSpace: 1 << 30, niceness: 7 });
  const nice = Number(execFileSync('nice', { encoding: 'utf8' }));
  expect(execFileSync(file, args, { encoding: 'utf8' }).split('\n').slice(0, 4)).toEqual([
    '100',
    String(1 << 20),
    String(Math.min(19, nice + 7)),
    'a "b" $c',
  ]);
  expect(limited(command, {})).toBe(command);
  expect(() => limited(command, { openFiles: 1.5 })).toThrow('is not a limit');
});

test('a daemon gets what its image says, what its functions say, and every kind of mount', async () => {
  const machine = new FakeMachine();
  machine.files.set(
    '/media/startos/images/main.json',
    '{"entrypoint": ["/run.sh"], "cmd": ["daemon-default"], "user": "app"}',
  );
  const service = defineService(
    {
      about,
      images,
      volumes: ['data'],
      dependencies: { files: { description: 'Shares', versionRange: '*', needs: { running: [] } } },
      daemons: {
        usual: { image: 'main', command: fromImage(), ready: null },
        other: {
          image: 'main',
          command: () => Promise.resolve(fromImage('daemon-other', '--x')),
          env: () => Promise.resolve({ A: '1' }),
          limits: { openFiles: 50 },
          mounts: {
            data: [
              { at: '/a', subpath: 'a', readonly: true },
              { at: '/b', subpath: 'b' },
            ],
          },
          assets: '/assets',
          dependencyMounts: [{ dependency: 'files', volume: 'shared', subpath: 'x', at: '/shared' }],
          ready: null,
        },
      },
      backup: ['data'],
    },
    machine.host,
  );
  const running = await (await service.main({ effects: machine.effects })).build();
  await until(() => machine.inside('daemon-other').length === 1, 'the other runs');
  const [usual] = machine.inside('daemon-default');
  expect(usual?.argv.slice(-2)).toEqual(['/run.sh', 'daemon-default']);
  expect(usual?.argv).toContain('--user=app');
  const [other] = machine.inside('daemon-other');
  expect(other?.argv.slice(-6)).toEqual(['-ec', 'ulimit -n 50\nexec "$@"', 'sh', '/run.sh', 'daemon-other', '--x']);
  expect(other?.argv).toContain('--env=A=1');
  const binds = machine.programs
    .filter(({ argv }) => argv[1] === 'bind-mount')
    .map(({ argv }) => argv.slice(3, 8).join(' '));
  expect(binds.map((bind) => bind.replace(/\/sub\/guid-\d/, 'R'))).toEqual([
    '/media/startos/volumes/data/a --target R/a --recursive --readonly',
    '/media/startos/volumes/data/b --target R/b --recursive',
    '/media/startos/assets/ --target R/assets --recursive',
  ]);
  expect(machine.named('mount')).toEqual([
    {
      location: expect.stringMatching(/^\/sub\/guid-\d\/shared$/),
      target: { packageId: 'files', volumeId: 'shared', subpath: 'x', readonly: true },
    },
  ]);
  await running.term();
});

test('one that runs once is tried until it succeeds, and others wait for it', async () => {
  const machine = new FakeMachine();
  let tries = 0;
  machine.behaviour = (program) => {
    if (program.argv.includes('daemon-migrate')) program.finish(++tries < 3 ? 1 : 0);
  };
  const service = defineService(
    {
      about,
      images,
      volumes: [],
      daemons: {
        migrate: { image: 'main', command: ['daemon-migrate'], once: true, ready: null },
        web: { image: 'main', command: ['daemon-web'], requires: ['migrate'], ready: null },
      },
      backup: [],
    },
    machine.host,
  );
  const running = await (await service.main({ effects: machine.effects })).build();
  await until(() => machine.inside('daemon-web').length === 1, 'the web daemon runs');
  expect(tries).toBe(3);
  await running.term();
  expect(machine.inside('daemon-migrate')).toHaveLength(3);
});

test('a backup has hooks around it, and the one after runs also when it failed', async () => {
  const machine = new FakeMachine();
  const order: string[] = [];
  const note = (what: string) => () => Promise.resolve(void order.push(what));
  const service = defineService(
    {
      about,
      images,
      volumes: ['data'],
      daemons: {},
      backup: [{ volume: 'data', exclude: ['cache'] }],
      beforeBackup: note('before'),
      afterBackup: note('after'),
      afterRestore: note('restored'),
      prepare: note('prepared'),
      uninstall: note('uninstalled'),
    },
    machine.host,
  );
  machine.behaviour = ({ argv }) => {
    if (argv[0] === 'rsync') order.push('copy');
  };
  await service.createBackup({ effects: machine.effects });
  machine.behaviour = (program) => {
    if (program.argv[0] === 'rsync') program.finish(23);
  };
  await expect(service.createBackup({ effects: machine.effects })).rejects.toThrow('23');
  machine.behaviour = () => undefined;
  await service.init({ effects: machine.effects, kind: 'restore' });
  await service.uninit({ effects: machine.effects, target: null });
  expect(order).toEqual(['before', 'copy', 'after', 'before', 'after', 'restored', 'prepared', 'uninstalled']);
});

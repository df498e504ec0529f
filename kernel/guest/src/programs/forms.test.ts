import { describe, expect, test } from '@jest/globals';
import { containerLayout, Paths } from '../files/paths.ts';
import { readStartContainer, splitWords } from './argv.ts';
import { readEffectForm } from './effect-forms.ts';
import { backupPair, readRsync } from './rsync.ts';
import { findUser } from './users.ts';

describe('start-container', () => {
  test('exec: flags in both spellings, the rest is the command', () => {
    const argv = [
      'subcontainer',
      'exec',
      '--env-file=/e',
      '--user',
      'web',
      '--workdir=/w',
      '--env=A=1=2',
      '/root',
      'ls',
      '-l',
    ];
    expect(readStartContainer(argv)).toEqual({
      kind: 'exec',
      root: '/root',
      command: ['ls', '-l'],
      user: 'web',
      cwd: '/w',
      env: ['A=1=2'],
      envFile: '/e',
      terminal: null,
    });
  });

  test('exec on a terminal, of a size or the usual one', () => {
    const exec = (...flags: string[]) => readStartContainer(['subcontainer', 'exec', ...flags, '/root', 'sh']);
    expect(exec('--force-tty')).toMatchObject({ root: '/root', terminal: { rows: 24, columns: 80 } });
    expect(exec('--force-tty', '--pty-size=100x40')).toMatchObject({ terminal: { rows: 40, columns: 100 } });
    expect(exec('--pty-size', '40,100')).toMatchObject({ root: '/root', terminal: { rows: 40, columns: 100 } });
    expect(exec('--pty-size', '0x1e9')).toMatchObject({ terminal: { rows: 24, columns: 80 } });
    expect(exec('--force-stderr-tty')).toMatchObject({ root: '/root', terminal: null });
  });

  test('launch may have no command, exec may not', () => {
    expect(readStartContainer(['subcontainer', 'launch', '/root'])).toMatchObject({ kind: 'launch', command: [] });
    expect(readStartContainer(['subcontainer', 'exec', '/root'])).toBeNull();
    expect(readStartContainer(['subcontainer', 'other', '/root'])).toBeNull();
  });

  test('bind-mount: maps are numbers or the form is none', () => {
    const argv = ['bind-mount', '--source', '/s', '--target', '/t', '--recursive', '--file', '--idmap', '0:1000:1'];
    expect(readStartContainer(argv)).toMatchObject({ file: true, idmap: [{ fromId: 0, toId: 1000, range: 1 }] });
    expect(readStartContainer([...argv.slice(0, -1), '0:x:1'])).toBeNull();
    expect(readStartContainer(['bind-mount', '--source', '/s'])).toBeNull();
  });

  test('a shell line is words and quotes, or nothing', () => {
    expect(splitWords(`rsync -a '/a b' "/c"`)).toEqual(['rsync', '-a', '/a b', '/c']);
    for (const line of ['a; b', 'a | b', 'a $(b)', 'a > b', 'a `b`', 'a "$b"', "a 'b"])
      expect(splitWords(line)).toBeNull();
  });
});

describe('an effect by its words', () => {
  test.each<[string[], string, object]>([
    [['echo', 'hi there'], 'echo', { message: 'hi there' }],
    [['restart'], 'restart', {}],
    [['get-status'], 'get-status', {}],
    [['get-status', 'other'], 'get-status', { packageId: 'other' }],
    [['get-status', '{"packageId":"other"}'], 'get-status', { packageId: 'other' }],
    [['get-host-info', '{"hostId":"ui"}'], 'get-host-info', { hostId: 'ui' }],
    [['set-data-version'], 'set-data-version', { version: null }],
    [
      ['action', 'run', 'do', '--package-id=p', '--input', '{"a":1}'],
      'action.run',
      { packageId: 'p', actionId: 'do', input: { a: 1 } },
    ],
    [['action', 'clear-tasks', '--only', 'a', '--only=b'], 'action.clear-tasks', { only: ['a', 'b'] }],
    [['action.clear', '{"except":[]}'], 'action.clear', { except: [] }],
    [['subcontainer', 'create-fs', 'main', '--name', 'x'], 'subcontainer.create-fs', { imageId: 'main', name: 'x' }],
  ])('%j', (argv, method, params) => {
    expect(readEffectForm(argv)).toEqual({ method, params });
  });

  test('dependencies in short', () => {
    const form = readEffectForm(['set-dependencies', 'a', 'b:exists', 'c:running:x+y']);
    const versionRange = '*';
    expect(form?.params['dependencies']).toEqual([
      { kind: 'running', id: 'a', healthChecks: [], versionRange },
      { kind: 'exists', id: 'b', versionRange },
      { kind: 'running', id: 'c', healthChecks: ['x', 'y'], versionRange },
    ]);
  });

  test('anything else is none', () => {
    for (const argv of [[], ['--help'], ['a', 'b', 'c'], ['__proto__', 'x'], ['constructor', 'y']])
      expect(readEffectForm(argv)).toBeNull();
    expect(() => readEffectForm(['get-status', '{'])).toThrow(SyntaxError);
  });
});

describe('rsync', () => {
  const paths = new Paths(containerLayout);

  test('a copy of a volume to the backup folder is a pair', () => {
    const form = readRsync([
      '--delete',
      '--exclude=cache',
      '-rlptgoAXH',
      '/media/startos/volumes/main/sub/',
      '/media/startos/backup/volumes/main/',
    ]);
    expect(form && backupPair(form, paths)).toEqual({
      volume: 'main',
      subpath: 'sub',
      destination: 'volumes/main',
      excludes: ['cache'],
    });
    const other = readRsync(['-a', '/media/startos/volumes/main/', '/media/startos/volumes/other/']);
    expect(other && backupPair(other, paths)).toBeNull();
    const escaping = readRsync(['-a', '/media/startos/volumes/../rpc/', '/media/startos/backup/']);
    expect(escaping && backupPair(escaping, paths)).toBeNull();
  });

  test('options that run programs or name other files are no form', () => {
    for (const bad of [
      '-e',
      '-ae',
      '--rsh=sh',
      '--rsync-path=x',
      '--files-from=/x',
      '--log-file=/x',
      '--daemon',
      '--backup-dir=/x',
    ])
      expect(readRsync([bad, '/a', '/b'])).toBeNull();
    expect(readRsync(['-a', 'host:/a', '/b'])).toBeNull();
    expect(readRsync(['-a', '/a', '/b', '/c'])).toBeNull();
  });
});

describe('users', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\nweb:x:1000:1001::/home/web:/bin/sh\nbroken line\n';
  const group = 'root:x:0:\nweb:x:1001:\nextra:x:2000:web,root\n';

  test('by name, by number, with and without group', () => {
    expect(findUser('web', passwd, group)).toEqual({
      uid: 1000,
      gid: 1001,
      groups: [2000],
      home: '/home/web',
      name: 'web',
    });
    expect(findUser('1000', passwd, group)).toMatchObject({ gid: 1001, home: '/home/web' });
    expect(findUser('web:extra', passwd, group)).toMatchObject({ gid: 2000, groups: [] });
    expect(findUser('4242', passwd, group)).toMatchObject({ uid: 4242, gid: 0, home: '/' });
  });

  test('an image without passwd knows root and numbers alone', () => {
    expect(findUser('root', null, null)).toMatchObject({ uid: 0, gid: 0 });
    expect(findUser('12:13', null, null)).toMatchObject({ uid: 12, gid: 13 });
    expect(findUser('web', null, null)).toBeNull();
    expect(findUser('root:nogroup', null, null)).toBeNull();
  });
});

/** Subcontainers by the ABI's own argv forms, in a real container: users, signals, binds, confinement. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AbiBed, makeAbiBed } from './abi-bed.ts';

let abi: AbiBed;

/** One action that makes a subcontainer and runs a body of the test's with helpers around it. */
const script = `
  const { spawn, execFile } = require('child_process');
  const { promisify } = require('util');
  const fs = require('fs/promises');
  const run = promisify(execFile);
  const finish = (child) => new Promise((resolve, reject) => {
    let stdout = '', stderr = '';
    child.stdout.on('data', (chunk) => { stdout += chunk; });
    child.stderr.on('data', (chunk) => { stderr += chunk; });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const AsyncFunction = (async () => {}).constructor;
  exports.init = async () => {};
  exports.uninit = async () => {};
  exports.actions = { get: () => ({ getInput: async () => null, run: async ({ effects, input }) => {
    const [root, guid] = await effects.subcontainer.createFs({ imageId: 'main', name: 'test' });
    const leader = spawn('start-container', ['subcontainer', 'launch', root], { stdio: 'inherit' });
    const left = new Promise((resolve) => leader.on('exit', (code, signal) => resolve({ code, signal })));
    const start = (command, flags = [], options = {}) =>
      spawn('start-container', ['subcontainer', 'exec', '--env-file=/media/startos/images/main.env', ...flags, root, ...command], options);
    const exec = (command, flags, options) => finish(start(command, flags, options));
    const bind = (source, target) => run('start-container', ['bind-mount', '--source', source, '--target', root + target, '--recursive']);
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    try {
      return await new AsyncFunction('effects', 'root', 'guid', 'leader', 'left', 'start', 'exec', 'bind', 'wait', 'finish', 'run', 'fs', 'spawn', input)(
        effects, root, guid, leader, left, start, exec, bind, wait, finish, run, fs, spawn);
    } finally {
      leader.kill('SIGTERM');
      await left;
      await effects.subcontainer.destroyFs({ guid });
    }
  } }) };
`;

const inScript = (body: string): Promise<any> =>
  abi.host.request('execute', {
    id: 'event-action-1',
    procedure: '/actions/do/run',
    input: { input: body },
    timeout: 30_000,
  });

beforeAll(async () => {
  abi = await makeAbiBed(script);
  await abi.host.request('init', { id: 'event-init-01', kind: null });
}, 120_000);
afterAll(() => abi.close(), 60_000);

describe('a program', () => {
  test('runs as the user it names, with the groups of the image', async () => {
    const ids = await inScript(`return Promise.all(['root', 'web', '1000', 'web:extra', '7:8'].map((user) =>
      exec(['id'], ['--user=' + user]).then(({ stdout }) => stdout.trim())))`);
    expect(ids).toEqual([
      'uid=0(root) gid=0(root) groups=0(root)',
      'uid=1000(web) gid=1000(web) groups=1000(web),2000(extra)',
      'uid=1000(web) gid=1000(web) groups=1000(web),2000(extra)',
      'uid=1000(web) gid=2000(extra) groups=2000(extra)',
      'uid=7 gid=8 groups=8',
    ]);
    expect((await inScript(`return exec(['id'], ['--user=nobody-here'])`)).stderr).toContain('no user "nobody-here"');
  }, 60_000);

  test('is granted that a folder be written in place, whatever the file system', async () => {
    const ask = `open my $folder, '<', '/data' or die $!; my $flags = pack 'L!', 0x00800000; print ioctl($folder, 0x40086602, $flags) ? 'granted' : $!`;
    const said = await inScript(`
      await bind('/media/startos/volumes/main', '/data');
      await run('chattr', ['-R', '+C', '/media/startos/volumes/main']);
      return exec(['perl', '-e', ${JSON.stringify(ask)}])`);
    expect(said).toMatchObject({ code: 0, stdout: 'granted', stderr: '' });
  }, 60_000);

  test('gets the environment of the image and its own, the later wins, and none of it stands in an argv', async () => {
    const result = await inScript(`
      const child = start(['sh', '-c', 'env; sleep 0.5'], ['--env=SECRET=hidden-word', '--env=IMAGE=mine', '--workdir=/home/web', '--user=web']);
      return finish(child)`);
    expect(result.stdout.split('\n').sort().filter(Boolean)).toEqual([
      'HOME=/home/web',
      'IMAGE=mine',
      'PATH=/bin',
      'PWD=/home/web',
      'SECRET=hidden-word',
    ]);
    const watching = inScript(
      `const child = start(['sleep', '2'], ['--env=SECRET=hidden-word']); return finish(child)`,
    );
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(abi.inside('ps', '-eo', 'args')).toContain('sleep 2');
    expect(abi.inside('ps', '-eo', 'args')).not.toContain('hidden-word');
    await watching;
  }, 60_000);

  test('ends with the code or signal it ended with', async () => {
    const outcomes = await inScript(`
      const codes = [];
      codes.push(await exec(['sh', '-c', 'exit 7']));
      codes.push(await exec(['no-such-program']));
      for (const [signal, trap] of [['SIGTERM', ':'], ['SIGTERM', 'trap "exit 5" TERM'], ['SIGKILL', 'trap "" TERM'], ['SIGUSR1', 'trap "echo got; exit 3" USR1']]) {
        const child = start(['sh', '-c', trap + '; echo up; while :; do sleep 0.05; done']);
        await new Promise((resolve) => child.stdout.once('data', resolve));
        const ended = finish(child);
        child.kill(signal);
        codes.push(await ended);
      }
      return codes.map(({ code, signal }) => [code, signal])`);
    expect(outcomes).toEqual([
      [7, null],
      [127, null],
      [null, 'SIGTERM'],
      [5, null],
      [null, 'SIGKILL'],
      [3, null],
    ]);
  }, 60_000);

  test('reads what the script writes, and may open its outputs anew as another user', async () => {
    const result = await inScript(`
      const child = start(['sh', '-c', 'cat; echo again > /dev/stdout; echo wrong > /dev/stderr'], ['--user=web']);
      const ended = finish(child);
      child.stdin.write('one ');
      child.stdin.end('two\\n');
      return ended`);
    expect(result).toEqual({ code: 0, signal: null, stdout: 'one two\nagain\n', stderr: 'wrong\n' });
  }, 60_000);

  test('leads its own group: a signal to that group reaches no other, and orphans leave no zombies', async () => {
    const result = await inScript(`
      const other = start(['sleep', '30']);
      await wait(200);
      const suicide = await exec(['sh', '-c', 'kill 0']);
      await exec(['sh', '-c', 'setsid sh -c "sleep 0.1" & exit 0']);
      await wait(400);
      const zombies = await exec(['sh', '-c', 'grep -l "State:.Z" /proc/[0-9]*/status; true']);
      const alive = other.exitCode === null && other.signalCode === null;
      other.kill('SIGKILL');
      return { alive, suicide: suicide.code ?? suicide.signal, zombies: zombies.stdout }`);
    expect(result).toEqual({ alive: true, suicide: 143, zombies: '' });
  }, 60_000);

  test('that left a child with its pipes does not hold the script', async () => {
    const started = Date.now();
    const result = await inScript(`return exec(['sh', '-c', 'sleep 20 & echo up'])`);
    expect(result).toMatchObject({ code: 0, stdout: 'up\n' });
    expect(Date.now() - started).toBeLessThan(10_000);
  }, 60_000);
});

describe('binds', () => {
  test('are seen by programs and by the script, before the first program and after it', async () => {
    writeFileSync(join(abi.volume, 'early.txt'), 'early');
    const result = await inScript(`
      await bind('/media/startos/volumes/main/', '/data');
      const before = await exec(['cat', '/data/early.txt']);
      await bind('/media/startos/volumes/main/late', '/late');
      await exec(['sh', '-c', 'echo from-program > /late/file']);
      await fs.writeFile(root + '/data/from-script', 'yes');
      const after = await exec(['sh', '-c', 'cat /data/from-script /late/file']);
      return { before: before.stdout, after: after.stdout, file: await fs.readFile('/media/startos/volumes/main/late/file', 'utf8') }`);
    expect(result).toEqual({ before: 'early', after: 'yesfrom-program\n', file: 'from-program\n' });
    expect(abi.inside('cat', '/proc/self/mountinfo')).not.toMatch(/subcontainers\/guid/);
  }, 60_000);

  test('never leave the root by a link the image or a program planted', async () => {
    const result = await inScript(`
      await fs.mkdir(root + '/media/startos', { recursive: true });
      await fs.symlink('/media/startos', root + '/trap');
      await bind('/media/startos/volumes/main/', '/trap/inner');
      return { inside: (await exec(['ls', '/media/startos/inner'])).stdout, leaked: await fs.readdir('/media/startos').catch((error) => error.code) }`);
    expect(result.inside).toContain('early.txt');
    expect(result.leaked).toBe('EACCES');
    expect(abi.inside('ls', '/media/startos')).not.toContain('inner');
  }, 60_000);
});

describe('confinement', () => {
  const attempts: Record<string, string> = {
    'a mount': 'my ($none, $at, $type) = ("none", "/tmp", "tmpfs"); exit(syscall(165, $none, $at, $type, 0, 0) == 0)',
    'a new user name space': 'exit(syscall(272, 0x10000000) == 0)',
    'a clone with a new name space': 'exit(syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0)',
    bpf: 'exit(syscall(321, 0, 0, 0) >= 0)',
    keyctl: 'exit(syscall(250, 0, -3, 0) >= 0)',
    io_uring: 'exit(syscall(425, 1, 0) >= 0)',
    'setns into the first process':
      'open my $f, "<", "/proc/1/ns/mnt" or exit 0; exit(syscall(308, fileno $f, 0) == 0)',
    'a device node':
      'my $at = "/tmp/disk"; exit(syscall(133, $at, 0060666, 0xfe00) == 0 && open(my $f, "<", "/tmp/disk"))',
    core_pattern: 'exit(open(my $f, ">", "/proc/sys/kernel/core_pattern"))',
    sysrq: 'exit(open(my $f, ">", "/proc/sysrq-trigger"))',
    'its own cgroup':
      'exit(scalar grep { -e $_ && open my $f, ">", $_ } glob "/sys/fs/cgroup/{,*/}{memory.limit_in_bytes,memory.max,release_agent,cgroup.procs}")',
    "the guest's memory files": 'exit(-e "/var/tmp/hearth" || -e "/opt/hearth")',
    "the host's socket": 'exit(-e "/media/startos/rpc")',
    'a leaked descriptor':
      'opendir my $d, "/proc/self/fd"; exit(scalar grep { /^\\\\d+$/ && $_ > 2 && readlink("/proc/self/fd/$_") !~ m{^/proc/\\\\d+/fd} } readdir $d)',
  };
  for (const [what, probe] of Object.entries(attempts)) {
    test(`refuses ${what}`, async () => {
      const result = await inScript(`return exec(['perl', '-e', ${JSON.stringify(probe.replaceAll('\\\\', '\\'))}])`);
      expect(result).toMatchObject({ code: 0 });
    }, 30_000);
  }

  test("gives Docker's capabilities and a filter", async () => {
    const { stdout } = await inScript(`return exec(['sh', '-c', 'grep -E "CapBnd|Seccomp:" /proc/self/status'])`);
    expect(stdout).toMatch(/CapBnd:\t00000000a80425fb/);
    expect(stdout).toMatch(/Seccomp:\t2/);
  }, 30_000);
});

test('a container told to end while programs run ends them in order', async () => {
  await inScript(`return exec(['sh', '-c', 'true'])`);
  const name = `${abi.bed.config.containerPrefix}abi`;
  await abi.engine.client.call('container.stop', { service: 'abi', killAfterMs: 15_000 });
  const list = execFileSync('lxc-ls', ['-P', abi.bed.config.lxcPath, '--running'], { encoding: 'utf8' });
  expect(list).not.toContain(name);
}, 60_000);

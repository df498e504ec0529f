/** What a subcontainer is, beside the programs in it: terminals, limits, owners, mounts into what runs, words of a shell. */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AbiBed, makeAbiBed } from './abi-bed.ts';
import { inSubcontainer, subcontainerScript } from './in-subcontainer.ts';

const minute = 60_000;
let abi: AbiBed;
const inScript = (body: string): Promise<any> => inSubcontainer(abi.host, body, minute);

beforeAll(async () => {
  abi = await makeAbiBed(subcontainerScript);
  await abi.host.request('init', { id: 'event-init-01', kind: null });
}, 2 * minute);
afterAll(() => abi.close(), minute);

/** `start-container` in a shell of the container's. Not waited for in this thread: the host that answers lives in it. */
async function words(...args: string[]): Promise<string> {
  const { config } = abi.bed;
  const name = `${config.containerPrefix}abi`;
  const attach = ['-P', config.lxcPath, '-n', name, '--clear-env', '--', 'start-container', ...args];
  return (await promisify(execFile)('lxc-attach', attach, { timeout: minute })).stdout;
}

const size = `perl -e 'my $s = "\\0" x 8; ioctl(STDIN, 0x5413, $s); print join("x", unpack("SS", $s)), "\\n"'`;

describe('a terminal', () => {
  test(
    'is there for a program that is started with one, of the size it asks for',
    async () => {
      const result = await inScript(`
        const plain = await exec(['sh', '-c', 'test -t 0 && echo tty || echo none']);
        const one = await exec(['sh', '-c', ${JSON.stringify(`test -t 0 && test -t 1 && echo tty; ${size}; exit 5`)}], ['--force-tty', '--pty-size=100x40']);
        return { plain: plain.stdout, shown: one.stdout.replaceAll('\\r', ''), code: one.code }`);
      expect(result).toEqual({ plain: 'none\n', shown: 'tty\n40x100\n', code: 5 });
    },
    minute,
  );

  test(
    'is attached to from outside: keys in, words out, its end and how it ended',
    async () => {
      const running = inScript(
        `await exec(['sh', '-c', 'true']); const held = start(['sleep', '40'], [], { stdio: 'ignore' }); await new Promise((resolve) => held.on('exit', resolve)); return 'done'`,
      );
      const ask = (method: string, params: object): Promise<any> => abi.host.request(`attach.${method}`, params);
      let opened: { attach: string; subcontainer: string } | null = null;
      for (let tries = 0; opened === null && tries < 200; tries += 1) {
        opened = await ask('open', { subcontainer: 'test', command: null, user: null, rows: 30, columns: 90 }).catch(
          () => null,
        );
        if (opened === null) await delay(50);
      }
      const { attach = '', subcontainer } = opened ?? {};
      expect(subcontainer).toBe('test');
      let shown = '';
      let ended: unknown = null;
      const until = async (pattern: RegExp, most = 40): Promise<void> => {
        for (let tries = 0; !pattern.test(shown) && ended === null && tries < most; tries += 1) {
          const answer = await ask('read', { attach, waitMs: 1000 });
          shown += Buffer.from(answer.data, 'base64').toString();
          ended = answer.ended;
        }
      };
      const type = (keys: string): Promise<unknown> =>
        ask('write', { attach, data: Buffer.from(keys).toString('base64') });
      await type(`echo who-$(id -u)-$IMAGE; ${size}\n`);
      await until(/who-0-yes[\s\S]*30x90/);
      await type('trap "echo told-$((40 + 2))" WINCH; echo heeds-$((1 + 1))\n');
      await until(/heeds-2/);
      for (const columns of [100, 110, 120]) await ask('resize', { attach, rows: 50, columns });
      for (let tries = 0; !/told-42[\s\S]*50x120/.test(shown) && ended === null && tries < 40; tries += 1) {
        await type(`${size}\n`);
        await until(/told-42[\s\S]*50x120/, 1);
      }
      expect(shown).toMatch(/told-42[\s\S]*50x120/);
      await type('exit 9\n');
      await until(/never/);
      expect(shown).toMatch(/who-0-yes[\s\S]*30x90/);
      expect(ended).toEqual({ code: 9, signal: null });
      await expect(ask('write', { attach, data: '' })).rejects.toThrow('The terminal is closed');
      await expect(
        ask('open', { subcontainer: 'other', command: null, user: null, rows: 1, columns: 1 }),
      ).rejects.toThrow('There is no subcontainer "other"');
      abi.inside('sh', '-c', 'kill -9 $(pgrep -f "^sleep 40")');
      expect(await running).toBe('done');
    },
    2 * minute,
  );
});

describe('a subcontainer', () => {
  test(
    'has a cgroup of its own, bounds on open files, and no say over either',
    async () => {
      const { groups, files, raised } = await inScript(`
        const held = start(['sleep', '20'], [], { stdio: 'ignore' });
        const files = (await exec(['sh', '-c', 'ulimit -n; ulimit -Hn'])).stdout.trim().split('\\n');
        const raised = (await exec(['sh', '-c', 'ulimit -n 9999999 && echo raised'])).stdout;
        const groups = (await exec(['sh', '-c', 'cat /proc/1/cgroup'])).stdout;
        held.kill('SIGKILL');
        return { groups, files, raised, guid }`);
      expect(Number(files[0])).toBeGreaterThanOrEqual(1024);
      expect(raised).toBe('');
      expect(groups).toMatch(/:\/$/m);
    },
    minute,
  );

  test(
    'is a leaf beneath the container, where its processes are counted and can be bounded while it runs',
    async () => {
      const running = inScript(
        `const held = start(['sleep', '41'], [], { stdio: 'ignore' }); await new Promise((resolve) => held.on('exit', resolve)); return guid`,
      );
      let leaf = '';
      for (let tries = 0; leaf === '' && tries < 200; tries += 1) {
        await delay(50);
        const list = abi.inside('sh', '-c', 'for p in $(pgrep -f "^sleep 41"); do cat /proc/$p/cgroup; done; true');
        leaf = /hearth\/(guid-\d+)/.exec(list)?.[1] ?? '';
      }
      expect(leaf).toMatch(/^guid-\d+$/);
      abi.inside(
        'crun',
        '--root',
        '/var/tmp/hearth/crun',
        '--cgroup-manager=cgroupfs',
        'update',
        '--pids-limit',
        '33',
        leaf,
      );
      const limits = abi.inside(
        'sh',
        '-c',
        `cat /sys/fs/cgroup/pids/hearth/${leaf}/pids.max /sys/fs/cgroup/hearth/${leaf}/pids.max 2>/dev/null; true`,
      );
      expect(limits.trim()).toBe('33');
      abi.inside('sh', '-c', 'kill -9 $(pgrep -f "^sleep 41")');
      expect(await running).toBe(leaf);
    },
    minute,
  );

  test(
    'leaves nothing once it is destroyed: no mount, no cgroup, no file, nothing crun knows',
    async () => {
      const guid = await inScript(`
        const held = start(['sleep', '30'], [], { stdio: 'ignore' });
        await exec(['sh', '-c', 'true']);
        return guid`);
      const places = ['sys/fs/cgroup', 'sys/fs/cgroup/*'].map((folder) => `/${folder}/hearth/${guid}`);
      const own = ['crun', 'subcontainers'].map((folder) => `/var/tmp/hearth/${folder}/${guid}`);
      const look = `ls -d ${[...places, ...own].join(' ')} 2>/dev/null; grep ${guid} /proc/self/mountinfo; pgrep -f '^sleep 30'; true`;
      let left = 'not looked yet';
      for (let tries = 0; left !== '' && tries < 200; tries += 1) {
        await delay(50);
        left = abi.inside('sh', '-c', look);
      }
      expect(left).toBe('');
    },
    minute,
  );

  test(
    'shows a volume with other owners, and a part of it read-only, also once it runs',
    async () => {
      mkdirSync(join(abi.volume, 'owned'), { recursive: true });
      writeFileSync(join(abi.volume, 'owned/file'), 'text');
      // Anybody may write there, so that only the bind can forbid it.
      chmodSync(join(abi.volume, 'owned'), 0o777);
      const result = await inScript(`
        await exec(['sh', '-c', 'true']);
        await bind('/media/startos/volumes/main/owned', '/mapped', '--idmap', '0:1000:1');
        await bind('/media/startos/volumes/main/owned', '/fixed', '--readonly');
        const seen = await exec(['sh', '-c', 'ls -ln /mapped/file; touch /mapped/by-web; touch /fixed/no || echo refused'], ['--user=web']);
        return seen`);
      expect(result.stdout).toMatch(/ 1000 +\d+ +4 /);
      expect(result.stdout).toContain('refused');
      expect(existsSync(join(abi.volume, 'owned/no'))).toBe(false);
      expect(statSync(join(abi.volume, 'owned/by-web')).uid).toBe(0);
    },
    minute,
  );

  test('knows itself and localhost by name', async () => {
    const { stdout } = await inScript(`return exec(['cat', '/etc/hosts'])`);
    expect(stdout).toMatch(/^127\.0\.0\.1 localhost$/m);
    expect(stdout).toMatch(/^[\d.]+ abi abi\.startos/m);
  });

  test(
    'may have the command itself as its first process, which is all it lives for, and another right after it',
    async () => {
      const result = await inScript(`
        const [other, otherGuid] = await effects.subcontainer.createFs({ imageId: 'main', name: 'single' });
        const child = spawn('start-container', ['subcontainer', 'launch', '--env=A=b', '--user=web', '--workdir=/tmp', other, 'sh', '-c', 'echo $$ $A $PWD; id -u; sleep 30 & exit 4']);
        const ended = await finish(child);
        const seen = spawn('start-container', ['subcontainer', 'launch', '--force-tty', '--pty-size=90x30', other, 'sh', '-c', 'test -t 1 && echo "tty of $$"; exit 6']);
        const onTerminal = await finish(seen);
        await effects.subcontainer.destroyFs({ guid: otherGuid });
        return { ended, onTerminal }`);
      expect(result.ended).toEqual({ code: 4, signal: null, stdout: '1 b /tmp\n1000\n', stderr: '' });
      expect(result.onTerminal).toMatchObject({ code: 6, signal: null, stdout: 'tty of 1\r\n' });
      expect(abi.inside('ps', '-eo', 'args')).not.toContain('sleep 30');
    },
    minute,
  );
});

test(
  'a root that goes while a program begins on it leaves nothing behind',
  async () => {
    const left = await inScript(`
      for (let after = 0; after < 60; after += 10) {
        const [other, otherGuid] = await effects.subcontainer.createFs({ imageId: 'main', name: 'short' });
        spawn('start-container', ['subcontainer', 'launch', other], { stdio: 'inherit' }).on('exit', () => undefined);
        const child = spawn('start-container', ['subcontainer', 'exec', other, 'sleep', '20'], { stdio: 'ignore' });
        const over = new Promise((resolve) => child.on('exit', resolve).on('error', resolve));
        await wait(after);
        await effects.subcontainer.destroyFs({ guid: otherGuid });
        await over;
      }
      return (await fs.readdir('/media/startos/subcontainers')).filter((name) => name !== guid)`);
    expect(left).toEqual([]);
  },
  minute,
);

describe('a script', () => {
  test(
    'waits for programs where it asks to, with what they say and how they end',
    async () => {
      const result = await inScript(`
        const { execFileSync, execSync, spawnSync } = require('child_process');
        const args = (command) => ['subcontainer', 'exec', '--env-file=/media/startos/images/main.env', root, ...command];
        const said = execFileSync('start-container', args(['sh', '-c', 'cat; echo $IMAGE']), { input: 'hello ', encoding: 'utf8' });
        const failed = spawnSync('start-container', args(['sh', '-c', 'echo no >&2; exit 3']), { encoding: 'utf8' });
        const slow = spawnSync('start-container', args(['sleep', '30']), { timeout: 500 });
        const much = spawnSync('start-container', args(['sh', '-c', 'while :; do echo 0123456789; done']), { maxBuffer: 1000 });
        return { said, failed: [failed.status, failed.stderr], slow: [slow.error.code, slow.signal], much: [much.error.code, much.stdout.length], line: execSync('start-container echo hi', { encoding: 'utf8' }) }`);
      expect(result).toEqual({
        said: 'hello yes\n',
        failed: [3, 'no\n'],
        slow: ['ETIMEDOUT', 'SIGTERM'],
        much: ['ENOBUFS', 1000],
        line: 'null\n',
      });
    },
    minute,
  );

  test(
    'takes away mounts of its subcontainers and no others',
    async () => {
      const result = await inScript(`
        await bind('/media/startos/volumes/main/', '/data');
        await run('umount', [root + '/data']);
        const tried = [];
        for (const at of ['/opt/hearth', '/media/startos/rpc', '/proc', '/media/startos/volumes/main', root, root + '/../../rpc'])
          tried.push(await run('umount', [at]).then(() => at, () => 'refused'));
        return { tried, left: await fs.readdir(root + '/data') }`);
      expect(result).toEqual({ tried: Array(6).fill('refused'), left: [] });
      expect(abi.inside('ls', '/opt/hearth')).toContain('guest');
    },
    minute,
  );

  test(
    'speaks to the host by words, as a shell in the container does',
    async () => {
      abi.host.answers['get-data-version'] = () => '1.2.3:4';
      expect(await words('get-data-version')).toBe('"1.2.3:4"\n');
      const inside = await inScript(`return (await run('start-container', ['get-data-version'])).stdout`);
      expect(inside).toBe('"1.2.3:4"\n');
      expect(await words('set-dependencies', 'a:exists')).toBe('null\n');
      expect(abi.host.called('set-dependencies')).toEqual([
        { dependencies: [{ kind: 'exists', id: 'a', versionRange: '*' }] },
      ]);
      await expect(words('no', 'such', 'form')).rejects.toThrow('Usage');
    },
    minute,
  );
});

describe('devices', () => {
  const none = { fuse: false, tun: false, acceleration: false };
  const again = async (devices: Partial<typeof none>): Promise<void> => {
    await abi.restart({ ...none, ...devices });
    await abi.host.request('init', { id: 'event-init-02', kind: null });
  };
  const there = `perl -e 'for (grep { -c } glob "/dev/fuse /dev/net/* /dev/kvm /dev/kfd /dev/dri/*") { my @s = stat; open my $f, "+<", $_; printf "%s %o %d:%d %s\\n", $_, $s[2] & 0777, $s[4], $s[5], $f ? "open" : $! }'`;
  const seen = async (): Promise<string[]> => {
    const { stdout } = await inScript(`return exec(['sh', '-c', ${JSON.stringify(there)}], ['--user=web'])`);
    return stdout.split('\n').slice(0, -1);
  };

  test(
    'are absent where the package declares none',
    async () => {
      expect(await seen()).toEqual([]);
      expect(abi.inside('sh', '-c', 'ls -d /dev/fuse /dev/net /dev/kvm /dev/dri 2>/dev/null || echo none')).toBe(
        'none\n',
      );
    },
    minute,
  );

  test(
    'are its own where it declares them: every user opens them, and they do what they are for',
    async () => {
      await again({ fuse: true, tun: true });
      expect(await seen()).toEqual(['/dev/fuse 666 0:0 open', '/dev/net/tun 666 0:0 open']);
      const mounting = `
        open my $f, '+<', '/dev/fuse' or die "open: $!"; mkdir '/tmp/at'; my $options = 'fd=' . fileno($f) . ',rootmode=40000,user_id=0,group_id=0';
        my ($what, $at, $kind) = ("none\\0", "/tmp/at\\0", "fuse\\0");
        syscall(165, $what, $at, $kind, 0, $options) == 0 or die "mount: $!";
        print grep { m{ /tmp/at fuse } } do { open my $m, '<', '/proc/mounts'; <$m> };
        syscall(166, $at, 2) == 0 or die "umount: $!";`;
      const tunnel = `
        open my $f, '+<', '/dev/net/tun' or die "open: $!"; my $asked = pack 'a16 S x22', 'private0', 0x1001;
        ioctl $f, 0x400454ca, $asked or die "ioctl: $!";
        print grep { /private0/ } do { open my $n, '<', '/proc/net/dev'; <$n> };`;
      const result = await inScript(`
        const mounted = await exec(['perl', '-e', ${JSON.stringify(mounting)}]);
        const tunnel = await exec(['perl', '-e', ${JSON.stringify(tunnel)}]);
        return { mounted, tunnel }`);
      expect(result.mounted).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringMatching(/^none \/tmp\/at fuse /),
      });
      expect(result.tunnel).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('private0:') });
      expect(statSync('/dev/fuse').uid).toBe(0);
      expect(readFileSync('/proc/net/dev', 'utf8')).not.toContain('private0');
    },
    minute,
  );

  test(
    'that make programs faster are those the machine has',
    async () => {
      await again({ acceleration: true });
      const cards = existsSync('/dev/dri') ? readdirSync('/dev/dri').map((name) => `/dev/dri/${name}`) : [];
      const had = ['/dev/kvm', '/dev/kfd', ...cards].filter(
        (path) => existsSync(path) && statSync(path).isCharacterDevice(),
      );
      expect((await seen()).toSorted()).toEqual(had.map((path) => `${path} 666 0:0 open`).toSorted());
      await again({});
      expect(await seen()).toEqual([]);
    },
    minute,
  );
});

test('what is mounted beneath nothing is left when the subcontainers are gone', () => {
  expect(abi.inside('cat', '/proc/self/mountinfo')).not.toMatch(/subcontainers\/guid/);
  const name = `${abi.bed.config.containerPrefix}abi`;
  expect(execFileSync('lxc-ls', ['-P', abi.bed.config.lxcPath, '--running'], { encoding: 'utf8' })).toContain(name);
  expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain('subcontainers/guid');
});

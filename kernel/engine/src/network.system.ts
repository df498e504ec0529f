/** The bridge, its firewall, names and the proxy, with packets. */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type TestEngine, type Testbed, makeTestbed } from '../../../spec/testbed/index.ts';
import { importService, inside, startInput } from './testing/service.ts';

/** Answers "hello" on ports 80 and 81, forever. */
const guest = `
exec perl -MIO::Socket::INET -e '
  $SIG{TERM} = sub { exit 0 };
  for my $port (80, 81) {
    next if fork;
    my $s = IO::Socket::INET->new(Listen => 5, LocalPort => $port, ReuseAddr => 1) or die;
    while (my $c = $s->accept) { print $c "hello from $port\\n"; close $c }
  }
  sleep 1 while 1'
`;
// Generous: the machine may be busy with other suites.
jest.setTimeout(60_000);

let bed: Testbed;
let engine: TestEngine;
const call: TestEngine['client']['call'] = (...args) => engine.client.call(...args);
const address = (index: number) => `${bed.config.subnet}.${index}`;
const rule = (service: string, index: number) => ({
  service,
  index,
  mayReach: [] as { index: number; protocol: 'tcp' | 'udp'; port: number }[],
  internet: false,
});

/** What answers on an address and port: its words, or why not. Perl, as it is where we look from. */
const dial = `use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 2)
  or do { print $!{ECONNREFUSED} ? 'refused' : 'nothing'; exit }; print readline $s`;
const from = (service: string, host: string, port: number) =>
  inside(bed, service, 'perl', '-MErrno', '-e', dial, host, String(port)).trim();
const fromHost = (host: string, port: number) =>
  execFileSync('perl', ['-MErrno', '-e', dial, host, String(port)], { encoding: 'utf8' }).trim();

beforeAll(async () => {
  bed = await makeTestbed({ guest });
  engine = await bed.startEngine();
  await call('host.prepare', {});
  for (const [service, index] of [
    ['alpha', 2],
    ['beta', 3],
  ] as const) {
    await importService(bed, engine.client, service, index);
    await call('container.start', startInput(service, index));
  }
  for (let tries = 0; fromHost(address(3), 80) !== 'hello from 80' && tries < 50; tries += 1) await delay(100);
}, 180_000);
afterAll(() => bed.close(), 60_000);

describe('the firewall', () => {
  test('refuses everything between services until told otherwise; the machine reaches them', async () => {
    expect(fromHost(address(2), 80)).toBe('hello from 80');
    expect(from('alpha', address(3), 80)).toBe('refused');
  });

  test('lets through exactly what a rule names, one way', async () => {
    await call('bridge.apply', {
      rules: [{ ...rule('alpha', 2), mayReach: [{ index: 3, protocol: 'tcp', port: 80 }] }, rule('beta', 3)],
      forwards: [],
    });
    expect(from('alpha', address(3), 80)).toBe('hello from 80');
    expect(from('alpha', address(3), 81)).toBe('refused');
    expect(from('beta', address(2), 80)).toBe('refused');
  });

  test('forwards a port from the machine, by any of its addresses, and for a service that may', async () => {
    const forwards = [{ protocol: 'tcp' as const, hostPort: 20_000 + slotNumber(), index: 3, servicePort: 80 }];
    await call('bridge.apply', {
      rules: [{ ...rule('alpha', 2), mayReach: [{ index: 3, protocol: 'tcp', port: 80 }] }, rule('beta', 3)],
      forwards,
    });
    const port = forwards[0]!.hostPort;
    expect(fromHost('127.0.0.1', port)).toBe('hello from 80');
    expect(fromHost(address(1), port)).toBe('hello from 80');
    expect(from('alpha', address(1), port)).toBe('hello from 80');
    await call('bridge.apply', { rules: [rule('alpha', 2), rule('beta', 3)], forwards });
    expect(from('alpha', address(1), port)).not.toContain('hello');
    expect(fromHost(address(1), port)).toBe('hello from 80');
  });

  test('leads services to one of them at the address of the bridge, and nobody else', async () => {
    const port = 20_000 + slotNumber();
    const forwards = [{ protocol: 'tcp' as const, hostPort: port, index: 3, servicePort: 80, within: true }];
    await call('bridge.apply', {
      rules: [{ ...rule('alpha', 2), mayReach: [{ index: 3, protocol: 'tcp', port: 80 }] }, rule('beta', 3)],
      forwards,
    });
    expect(from('alpha', address(1), port)).toBe('hello from 80');
    expect(fromHost(address(1), port)).not.toContain('hello');
    expect(fromHost('127.0.0.1', port)).not.toContain('hello');
    await call('bridge.apply', { rules: [rule('alpha', 2), rule('beta', 3)], forwards });
    expect(from('alpha', address(1), port)).not.toContain('hello');
  });

  test("keeps services away from the machine's own ports but for those named", async () => {
    const server = spawn(
      'perl',
      [
        '-MIO::Socket::INET',
        '-e',
        'my $s = IO::Socket::INET->new(Listen => 5, LocalPort => $ARGV[0], ReuseAddr => 1) or die; while (my $c = $s->accept) { print $c "host\n"; close $c }',
        String(21_000 + slotNumber()),
      ],
      { stdio: 'ignore' },
    );
    try {
      const port = 21_000 + slotNumber();
      for (let tries = 0; fromHost('127.0.0.1', port) !== 'host' && tries < 50; tries += 1) await delay(50);
      expect(from('alpha', address(1), port)).toBe('refused');
      expect(from('alpha', '127.0.0.1', port)).toBe('refused');
      await call('bridge.apply', {
        rules: [{ ...rule('alpha', 2), hostPorts: [{ protocol: 'tcp', port }] }],
        forwards: [],
      });
      expect(from('alpha', address(1), port)).toBe('host');
      expect(from('beta', address(1), port)).toBe('refused');
    } finally {
      server.kill();
    }
  });

  test('a service cannot speak as another', async () => {
    await call('bridge.apply', {
      rules: [{ ...rule('beta', 3), mayReach: [{ index: 2, protocol: 'tcp', port: 80 }] }],
      forwards: [],
    });
    expect(from('beta', address(2), 80)).toBe('hello from 80');
    // Alpha, root in its container, takes beta's address, then beta's MAC too.
    inside(bed, 'alpha', 'ip', 'address', 'add', `${address(9)}/32`, 'dev', 'eth0');
    const as = `use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => '${address(1)}', PeerPort => 53, LocalAddr => '${address(9)}', Proto => 'udp'); print $s 'x'; print 'sent'`;
    expect(inside(bed, 'alpha', 'perl', '-e', as)).toBe('sent');
    await delay(200);
    const neighbours = execFileSync('ip', ['neighbour', 'show', 'dev', bed.config.bridge], { encoding: 'utf8' });
    expect(neighbours).not.toMatch(new RegExp(`${address(9).replaceAll('.', '\\.')} lladdr`));
    inside(bed, 'alpha', 'ip', 'link', 'set', 'dev', 'eth0', 'address', '02:00:00:00:00:99');
    expect(from('alpha', address(1), 53)).not.toContain('hello');
    expect(fromHost(address(2), 80)).toBe('nothing');
    expect(fromHost(address(3), 80)).toBe('hello from 80');
    inside(
      bed,
      'alpha',
      'ip',
      'link',
      'set',
      'dev',
      'eth0',
      'address',
      `02:00:0a:61:${slotNumber().toString(16).padStart(2, '0')}:02`,
    );
  });
});

describe('host.prepare', () => {
  test('changes nothing that runs when repeated', async () => {
    const before = execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' });
    await call('host.prepare', {});
    expect(execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' })).toBe(before);
    expect((await call('container.list', {})).map(({ state }) => state)).toEqual(['running', 'running']);
  });

  test('answers what the machine can do', async () => {
    const features = await call('host.prepare', {});
    expect(features).toMatchObject({
      lxc: expect.stringMatching(/^\d+\./),
      ids: { services: 15 },
      bridge: { name: bed.config.bridge },
    });
    const usage = await call('host.usage', {});
    expect(usage.diskFree).toBeGreaterThan(0);
    expect(usage.memoryAvailable).toBeLessThanOrEqual(usage.memoryTotal);
  });

  test('refuses an address and a bridge that another holds, in one sentence', async () => {
    const other = await makeTestbed();
    try {
      const there = await other.startEngine();
      const name = other.config.bridge;
      execFileSync('ip', ['link', 'add', `${name}x`, 'type', 'bridge']);
      execFileSync('ip', ['address', 'add', `${other.config.subnet}.77/25`, 'dev', `${name}x`]);
      await expect(there.client.call('host.prepare', {})).rejects.toMatchObject({
        code: 'engine.addressTaken',
        message: `Cannot use address "${other.config.subnet}.1/24": interface ${name}x holds it`,
      });
      execFileSync('ip', ['link', 'delete', `${name}x`]);
      execFileSync('ip', ['link', 'add', name, 'type', 'bridge']);
      await expect(there.client.call('host.prepare', {})).rejects.toMatchObject({ code: 'engine.bridgeTaken' });
    } finally {
      await other.close();
    }
  });
});

describe('names', () => {
  const lookup = (name: string) => {
    try {
      return inside(bed, 'beta', 'getent', 'ahostsv4', name).split(' ')[0];
    } catch {
      return 'unknown';
    }
  };

  test('services resolve each other; changes count at once; the rest is asked of the machine’s resolvers', async () => {
    await call('names.apply', { records: [{ name: 'alpha.startos', address: address(2) }] });
    expect(lookup('alpha.startos')).toBe(address(2));
    expect(lookup('gamma.startos')).toBe('unknown');
    const record = readFileSync(join(bed.config.run, 'dnsmasq.json'), 'utf8');
    await call('names.apply', { records: [{ name: 'gamma.startos', address: address(7) }] });
    await delay(200);
    expect(lookup('gamma.startos')).toBe(address(7));
    expect(readFileSync(join(bed.config.run, 'dnsmasq.json'), 'utf8')).toBe(record);
    const { pid } = JSON.parse(record) as { pid: number };
    expect(statSync(`/proc/${pid}`).uid).toBe(bed.config.user.uid);
    await expect(
      call('names.apply', { records: [{ name: 'bad name\naddress=/x/1', address: address(7) }] }),
    ).rejects.toMatchObject({ code: 'engine.badInput' });
  });

  test('the name server outlives the engine and is adopted', async () => {
    const before = readFileSync(join(bed.config.run, 'dnsmasq.json'), 'utf8');
    await engine.end('SIGKILL');
    engine = await bed.startEngine();
    expect(lookup('gamma.startos')).toBe(address(7));
    await call('names.apply', { records: [] });
    expect(readFileSync(join(bed.config.run, 'dnsmasq.json'), 'utf8')).toBe(before);
  });
});

describe('the proxy', () => {
  const folder = () => join(bed.config.data, 'proxy');
  const port = () => 800 + slotNumber();
  const write = (words: string) => {
    writeFileSync(
      join(folder(), 'nginx.conf'),
      `pid ${folder()}/nginx.pid; error_log ${folder()}/error.log; events {} http { access_log off; client_body_temp_path ${folder()}/t1; proxy_temp_path ${folder()}/t2; fastcgi_temp_path ${folder()}/t3; uwsgi_temp_path ${folder()}/t4; scgi_temp_path ${folder()}/t5; server { listen 127.0.0.1:${port()}; location / { return 200 "${words}"; } } }`,
    );
  };
  const get = async () => (await fetch(`http://127.0.0.1:${port()}/`, { headers: { connection: 'close' } })).text();

  test('runs as the user of the kernel on a low port, and takes a new configuration', async () => {
    mkdirSync(folder(), { recursive: true });
    chownSync(folder(), bed.config.user.uid, bed.config.user.gid);
    write('one');
    const { pid } = await call('proxy.apply', {});
    expect(statSync(`/proc/${pid}`).uid).toBe(bed.config.user.uid);
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^CapEff:\t0000000000000400$/m);
    expect(await get()).toBe('one');
    write('two');
    expect(await call('proxy.apply', {})).toEqual({ pid });
    expect(await get()).toBe('two');
  });

  test('refuses what nginx refuses and goes on with what it had; outlives the engine', async () => {
    writeFileSync(join(folder(), 'nginx.conf'), 'nonsense;');
    await expect(call('proxy.apply', {})).rejects.toMatchObject({
      code: 'engine.proxyRefused',
      message: expect.stringContaining('nonsense'),
    });
    expect(await get()).toBe('two');
    await engine.end('SIGKILL');
    expect(await get()).toBe('two');
    engine = await bed.startEngine();
    write('three');
    const { pid } = await call('proxy.apply', {});
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    expect(await get()).toBe('three');
    // Its workers live on and hold the port; the next one gets it all the same.
    process.kill(pid, 'SIGKILL');
    write('four');
    expect((await call('proxy.apply', {})).pid).not.toBe(pid);
    expect(await get()).toBe('four');
  });
});

/** The number of our slot: it keeps ports of two runs apart. */
function slotNumber(): number {
  return Number(bed.config.bridge.slice(2));
}

/**
 * Every attempt of `spec/suites/escapes`, made for real: as root of a service's container, as a guest that was taken over
 * would be, and as root in a subcontainer, as a program is. The canaries lie outside: on the machine, and in another
 * service's container.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { attemptsFrom, controls, type Place } from '../suites/escapes/attempts.ts';
import { type Canaries, outcomesOf, scriptOf } from '../suites/escapes/harness.ts';
import { settings } from '../suites/escapes/kernel.ts';
import { type AbiBed, makeAbiBed, startSecond } from './abi-bed.ts';
import { inSubcontainer, subcontainerScript } from './in-subcontainer.ts';

const minute = 60_000;
const word = `secret-${randomBytes(8).toString('hex')}`;

let abi: AbiBed;
let canaries: Canaries;
let before: string;
let bystander: ChildProcess;
/** Whatever arrived where nothing may arrive. */
const arrived: string[] = [];
const closing: (() => unknown)[] = [];

/** What an attempt could have changed on the machine. */
function machineState(): string {
  const values = Object.keys(settings).map((path) => `${path}=${existsSync(path) ? readQuietly(path) : 'none'}`);
  const folders = [abi.bed.config.runtime, join(abi.bed.config.data, 'engine/images')];
  return [
    ...values,
    readFileSync('/proc/sys/kernel/hostname', 'utf8'),
    readQuietly('/proc/modules').replaceAll(/ .*/g, ''),
    readQuietly('/proc/swaps'),
    readQuietly('/proc/sys/fs/binfmt_misc/hearth-escape'),
    ...folders.map((folder) => listing(folder)),
    listing(abi.bed.config.base),
  ].join('\n');
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'unreadable';
  }
}

/** Names, sizes, owners, modes and times of change of everything in a folder. */
function listing(folder: string): string {
  const text = execFileSync('find', [folder, '-xdev', '-printf', '%P %s %U %m %T@\n'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return `${folder} ${createHash('sha256').update(text).digest('hex')}`;
}

async function listen(server: Server, where: object): Promise<void> {
  server.on('connection', (socket) => {
    arrived.push(`a connection to ${JSON.stringify(where)}`);
    socket.on('error', () => undefined).destroy();
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(where, () => done());
  });
  closing.push(() => server.close());
}

async function hear(socket: DatagramSocket, port: number): Promise<void> {
  socket.on('message', (text, { address }) => arrived.push(`a packet from ${address}: ${String(text)}`));
  await new Promise<void>((done) => socket.bind(port, '0.0.0.0', () => done()));
  closing.push(() => socket.close());
}

/** Listens within the other service's container, and says what it hears. */
function victimListens(pid: number, port: number): void {
  const script = `use Socket; $| = 1; my $udp = fork == 0;
    socket my $s, 2, $udp ? 2 : 1, 0; setsockopt $s, 1, 2, 1; bind $s, Socket::pack_sockaddr_in(${port}, "\\0\\0\\0\\0") or die;
    if ($udp) { while (1) { my $from = recv $s, my $text, 999, 0; print "a packet to the other service: $text\\n" } }
    listen $s, 5; print "ready\\n"; while (accept my $c, $s) { print "a connection to the other service\\n"; close $c }`;
  const child = spawn('nsenter', [`--net=/proc/${pid}/ns/net`, 'perl', '-e', script], { detached: true });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    arrived.push(...text.split('\n').filter((line) => line !== '' && line !== 'ready'));
  });
  closing.push(() => process.kill(-(child.pid ?? 0), 'SIGKILL'));
}

const macOf = (address: string): string =>
  ['02', '00', ...address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':');

function addressBeyond(bridge: string): string {
  const all = Object.entries(networkInterfaces()).filter(([name]) => name !== bridge && name !== 'lo');
  return all.flatMap(([, list]) => list ?? []).find(({ family }) => family === 'IPv4')?.address ?? '192.0.2.2';
}

beforeAll(async () => {
  abi = await makeAbiBed(subcontainerScript);
  const { config, scratch } = abi.bed;
  const victim = await startSecond(abi, 'victim', 3);
  const port = 20_000 + Number(config.subnet.split('.')[2]);
  const secret = join(scratch, 'escape-secret.txt');
  writeFileSync(secret, word, { mode: 0o644 });
  const outside = addressBeyond(config.bridge);
  const abstract = `hearth-escape-${process.pid}`;
  await listen(createServer(), { port, host: '0.0.0.0' });
  const allowed = createServer((socket) => void socket.on('error', () => undefined).destroy());
  allowed.listen(port + 1000, `${config.subnet}.1`);
  closing.push(() => allowed.close());
  await listen(createServer(), { path: `\0${abstract}` });
  await hear(createSocket('udp4'), port);
  victimListens(victim.pid ?? 0, port);
  bystander = spawn('sleep', ['3600'], { stdio: 'ignore' });
  closing.push(() => bystander.kill('SIGKILL'));
  // What others say to each other on the bridge while it is listened to.
  const chatter = createSocket('udp4');
  const timer = setInterval(() => chatter.send('chatter', 9, `${config.subnet}.3`), 100);
  closing.push(() => (clearInterval(timer), chatter.close()));
  await abi.engine.client.call('bridge.apply', {
    rules: [
      { service: 'abi', index: 2, mayReach: [], hostPorts: [{ protocol: 'tcp', port: port + 1000 }], internet: true },
      { service: 'victim', index: 3, mayReach: [], internet: false },
    ],
    forwards: [],
  });
  canaries = {
    ...{ secret, word, marker: join(scratch, 'escape-marker'), run: config.run, data: config.data, port, abstract },
    open: port + 1000,
    pids: [bystander.pid ?? 0, process.pid, abi.engine.process.pid ?? 0, victim.pid ?? 0],
    own: `${config.subnet}.2`,
    victim: `${config.subnet}.3`,
    bridge: `${config.subnet}.1`,
    outside,
    own_mac: macOf(`${config.subnet}.2`),
    victim_mac: macOf(`${config.subnet}.3`),
    link_local: Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family, address }) => family === 'IPv6' && address.startsWith('fe80'))
      .map(({ address }) => address),
  };
  await abi.host.request('init', { id: 'event-init-01', kind: null });
  before = machineState();
}, 3 * minute);

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  await abi.close();
}, 2 * minute);

const makeThem: Record<Place, (script: string) => Promise<string>> = {
  program: async (script) => {
    writeFileSync(join(abi.volume, 'attempts.pl'), script);
    const ended = await inSubcontainer(
      abi.host,
      `await bind('/media/startos/volumes/main/', '/data');
       return exec(['perl', '/data/attempts.pl'], [], { maxBuffer: 1e7 })`,
      5 * minute,
    );
    return (ended as { stdout: string }).stdout;
  },
  container: (script) => {
    writeFileSync(join(abi.volume, 'attempts.pl'), script);
    return Promise.resolve(abi.inside('perl', '/media/startos/volumes/main/attempts.pl'));
  },
};

describe.each(['program', 'container'] as const)('from a %s', (place) => {
  test(
    'nothing is reached, and every attempt ends within its time',
    async () => {
      const attempts = attemptsFrom(place);
      expect(attempts.length).toBeGreaterThanOrEqual(40);
      const said = await makeThem[place](scriptOf(place, [...controls, ...attempts], canaries));
      const outcomes = outcomesOf(said);
      expect(outcomes.map(({ what }) => what)).toEqual([...controls, ...attempts].map(({ what }) => what));
      expect(outcomes.splice(0, controls.length).filter(({ end }) => end !== 'got')).toEqual([]);
      expect(outcomes.filter(({ end }) => end !== 'refused')).toEqual([]);
      expect(said).not.toContain(word);
    },
    6 * minute,
  );

  test('the machine and the other service are as they were', () => {
    expect(arrived).toEqual([]);
    expect(machineState()).toBe(before);
    expect(existsSync(canaries.marker)).toBe(false);
    expect(readFileSync(canaries.secret, 'utf8')).toBe(word);
    expect([bystander.exitCode, bystander.signalCode, abi.engine.process.exitCode]).toEqual([null, null, null]);
    const neighbours = execFileSync('ip', ['neigh', 'show', 'dev', abi.bed.config.bridge], { encoding: 'utf8' });
    expect(neighbours).toContain(`${canaries.victim} lladdr ${canaries.victim_mac}`);
  });
});

/** Whoever is more than a program, for the moment in which crun becomes one: is any of it to be had? */
const watcher = `
  use strict; my %seen; my $got = ''; my $end = time + 6; my $met = 0;
  while (time < $end) {
    for my $status (glob '/proc/[0-9]*/status') {
      open my $file, '<', $status or next; local $/; my $text = <$file> // ''; my ($pid) = $status =~ /(\\d+)/;
      my ($rights) = $text =~ /CapPrm:\\s+(\\w+)/ or next;
      next unless hex($rights) & ~0xa80425fb or (readlink("/proc/$pid/exe") // '') =~ /crun/; $met++;
      $got .= " traced" if syscall(101, 16, $pid + 0, 0, 0) == 0;
      $got .= " memory" if open my $memory, '+<', "/proc/$pid/mem";
      my $handle = syscall(434, $pid + 0, 0);
      for my $fd (0 .. 20) { my $copy = $handle < 0 ? -1 : syscall(438, $handle, $fd, 0); $got .= " descriptor $fd" if $copy >= 0 }
      for my $name ('root', 'cwd') { $got .= " $name" if -e "/proc/$pid/$name/opt/hearth/node" || -e "/proc/$pid/$name/../../opt/hearth/node" }
      opendir my $list, "/proc/$pid/fd" or next; for (readdir $list) { $got .= " open $_" if -e "/proc/$pid/fd/$_/opt/hearth/node" }
    }
  }
  print "met $met got$got\\n"`;

/** From a working folder that crun may have left open: is it one of the container's own? */
const lookAround =
  'for at in . .. ../.. ../../.. ../../../.. ../../../../..; do [ -e $at/opt/hearth/node ] && echo left $at; done; true';

test(
  'a program that lies in wait for others to begin gets nothing of what begins them',
  async () => {
    const ended = await inSubcontainer(
      abi.host,
      `const waiting = start(['perl', '-e', ${JSON.stringify(watcher)}]); const heard = finish(waiting);
       const found = [];
       for (let n = 0; n < 25; n += 1) found.push((await exec(['sh', '-c', ${JSON.stringify(lookAround)}], ['--workdir=/proc/self/fd/' + (3 + n)])).stdout);
       return { heard: (await heard).stdout, left: found.join('') }`,
      2 * minute,
    );
    expect(ended).toEqual({ heard: expect.stringMatching(/^met \d+ got$/m), left: '' });
  },
  3 * minute,
);

/**
 * What the kernel takes: `node spec/bench/kernel.ts [seconds]`. One JSON line per measurement; kernel.md tells what they mean.
 *
 * The kernel as it ships, bundled, with every plugin that ships, on an empty data folder and on that of the start before;
 * an engine that answers and does nothing.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { kernelEnvironment, kernelFlags } from '../../distro/daemon/src/kernel-flags.ts';
import { ensureRelease } from '../../distro/daemon/src/release.ts';

const idleSeconds = Number(process.argv[2] ?? 60);
const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-kernel-'));
const [data, run] = [join(folder, 'data'), join(folder, 'run')];
for (const path of [data, run, join(run, 'kernel'), join(run, 'rpc'), join(data, 'proxy')])
  mkdirSync(path, { recursive: true });
const print = (line: object): void => console.log(JSON.stringify(line));

/** Where the kernel asks every two seconds whether the name server still answers. */
const bridge = '127.77.0.1';
const names = createSocket('udp4').on('message', (question, { port, address }) => {
  // No such name.
  const answer = Buffer.from(question);
  answer.writeUInt16BE(0x8183, 2);
  names.send(answer, port, address);
});
await new Promise<void>((done) => names.bind(53, bridge, done));
/** What stands for nginx: a process with its configuration in its arguments. */
writeFileSync(join(data, 'proxy/nginx.conf'), '');
const proxy = spawn('tail', ['-f', join(data, 'proxy/nginx.conf')], { stdio: 'ignore' });
writeFileSync(join(data, 'proxy/nginx.pid'), `${proxy.pid ?? 0}\n`);

const answers: Readonly<Record<string, unknown>> = {
  'host.prepare': {
    ...{
      kernel: '6.1',
      architecture: 'x86_64',
      cgroup: 'v2',
      lxc: '5.0.2',
      memory: 8e9,
      dataFileSystem: 'ext4',
      snapshots: false,
    },
    ...{ ids: { first: 100_000, services: 200 }, bridge: { name: 'hearth0', address: bridge }, unkept: [] },
  },
  'host.usage': { diskFree: 1e11, diskTotal: 2e11, memoryAvailable: 4e9, memoryTotal: 8e9, load: 0.1 },
  'proxy.apply': { pid: proxy.pid },
  'container.list': [],
  'image.list': [],
  'volume.list': [],
};
const engine = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket }).on('line', (line) => {
    const { id, verb } = JSON.parse(line) as { id?: number; verb?: string };
    if (id !== undefined) socket.write(`${JSON.stringify({ id, output: answers[verb ?? ''] ?? {} })}\n`);
  });
});
await new Promise<void>((done) => engine.listen(join(run, 'engine.sock'), done));

/** The start page, as the proxy asks for it. */
function served(): Promise<boolean> {
  return new Promise((done) => {
    const headers = { host: 'localhost:28443', 'x-forwarded-proto': 'https', 'x-real-ip': '127.0.0.1' };
    request({ socketPath: join(run, 'kernel/kernel.sock'), path: '/', headers, agent: false }, (answer) => {
      answer.resume().on('end', () => done(answer.statusCode === 200));
    })
      .on('error', () => done(false))
      .end();
  });
}

/** Milliseconds from its start until the page is served, and until it says that all of it is up. */
async function start(release: string): Promise<{ child: ChildProcess; page: number; up: number }> {
  const began = performance.now();
  const where = [
    '--data',
    data,
    '--run',
    run,
    '--runtime',
    release,
    '--plugins-marketplace-cache',
    join(folder, 'cache'),
  ];
  const flags = [...where, '--port', '28443', '--http-port', '28080', '--plugins-network-mdns', 'false'];
  const child = spawn(join(release, 'node'), [...kernelFlags, join(release, 'kernel.mjs'), ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: data, ...kernelEnvironment(data, release) },
  });
  const up = new Promise<number>((done) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"kernel is up"')) {
        print({ what: 'boot report', ...(JSON.parse(line) as { plugins: object; mode: string }) });
        done(performance.now() - began);
      }
    });
  });
  while (!(await served())) await sleep(5);
  const page = performance.now() - began;
  return { child, page: Math.round(page), up: Math.round(await up) };
}

const ended = (child: ChildProcess): Promise<void> => new Promise((done) => child.once('exit', () => done()));
const memory = (pid: number): number =>
  Number(/^Rss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
/** Seconds of processor time so far. */
function processor(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

try {
  const { folder: release } = await ensureRelease(join(folder, 'runtime'), () => undefined);
  for (const turn of ['first', 'second', 'third', 'fourth']) {
    const { child, page, up } = await start(release);
    print({ what: 'start', turn, page, up });
    if (turn === 'fourth') {
      const pid = child.pid ?? 0;
      await sleep(15_000);
      const [before, began] = [processor(pid), performance.now()];
      await sleep(idleSeconds * 1000);
      const share = ((processor(pid) - before) / ((performance.now() - began) / 1000)) * 100;
      print({
        what: 'idle',
        seconds: idleSeconds,
        megabytes: Math.round(memory(pid)),
        percent: Math.round(share * 100) / 100,
      });
    }
    child.kill('SIGTERM');
    await ended(child);
  }
} finally {
  engine.close();
  names.close();
  proxy.kill();
  rmSync(folder, { recursive: true, force: true });
}

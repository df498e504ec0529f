/** One package in a real container: engine, image, guest; the kernel's place is taken by a host that answers effects. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EngineInput } from '@hearth/contract';
import { buildGuest } from '@hearth/guest/build';
import { FakeHost } from '@hearth/guest/testing';
import { makeTestbed, stageSquashfs, type TestEngine, type Testbed } from '../testbed/index.ts';

const service = 'abi';
const index = 2;
const revision = 'cd'.repeat(16);
const packages = join(import.meta.dirname, '../packages');
const programs = [
  'sh',
  'cat',
  'id',
  'ls',
  'touch',
  'sleep',
  'mkdir',
  'rm',
  'env',
  'perl',
  'setsid',
  'readlink',
  'grep',
];

export interface AbiBed {
  readonly bed: Testbed;
  readonly engine: TestEngine;
  readonly host: FakeHost;
  readonly volume: string;
  /** Runs a program in the container, as its root. */
  inside(...command: string[]): string;
  logs(source: string): string;
  close(): Promise<void>;
}

/** An image of this machine's own programs, with a web server of one line and a user of its own. */
function makeImage(folder: string): void {
  const paths = programs.map((name) => execFileSync('which', [name], { encoding: 'utf8' }).trim());
  const linked = execFileSync('ldd', paths, { encoding: 'utf8' });
  for (const path of new Set([...linked.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1]!)))
    copy(path, join(folder, path));
  for (const path of paths) copy(path, join(folder, 'bin', path.split('/').at(-1)!));
  const modules = execFileSync('perl', ['-e', 'print grep { m{/perl-base$} } @INC'], { encoding: 'utf8' });
  cpSync(modules, join(folder, modules), { recursive: true });
  for (const name of ['proc', 'dev', 'sys', 'run', 'tmp', 'etc', 'usr/bin', 'root', 'home/web'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nweb:x:1000:1000::/home/web:/bin/sh\n');
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\nweb:x:1000:\nextra:x:2000:web\n');
  writeFileSync(
    join(folder, 'bin/serve'),
    `#!/bin/perl
use strict; use IO::Socket::INET; $| = 1; $SIG{TERM} = sub { print "stopping\\n"; exit 0 };
my $server = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 5, ReuseAddr => 1) or die "listen: $!";
print "serving $ENV{GREETING} on $ARGV[0]\\n";
while (my $client = $server->accept) { print $client "HTTP/1.0 200 OK\\r\\n\\r\\n$ENV{GREETING}\\n"; close $client }
`,
    { mode: 0o755 },
  );
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}

async function makeRuntime(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  copyFileSync(process.execPath, join(folder, 'node'));
  await buildGuest(join(folder, 'guest'));
  return folder;
}

/** @param script text of the package's `index.js` */
export async function makeAbiBed(script: string): Promise<AbiBed> {
  const runtime = await makeRuntime(`/var/lib/hearth-test/abi-runtime-${process.pid}`);
  const bed = await makeTestbed({ runtime });
  bed.undo(() => rmSync(runtime, { recursive: true, force: true }));
  try {
    return await furnish(bed, script);
  } catch (error) {
    await bed.close();
    throw error;
  }
}

async function furnish(bed: Testbed, script: string): Promise<AbiBed> {
  const engine = await bed.startEngine();
  await engine.client.call('host.prepare', {});
  await importParts(bed, engine, script);
  const rpc = join(bed.config.run, 'rpc', service);
  mkdirSync(rpc, { recursive: true });
  const host = new FakeHost(join(rpc, 'host.sock'));
  await host.listen();
  bed.undo(() => host.close());
  execFileSync('chmod', ['666', host.path]);
  answerSubcontainers(host, engine);
  const greeted = host.greeted();
  await engine.client.call('container.start', startInput());
  await within(60_000, greeted, () => `No guest said hello: ${consoleOf(bed)}`);
  return {
    bed,
    engine,
    host,
    volume: join(bed.config.data, 'engine/volumes', service, 'data/main'),
    inside: (...command) => {
      const name = `${bed.config.containerPrefix}${service}`;
      const args = ['-P', bed.config.lxcPath, '-n', name, '--clear-env', '--', ...command];
      return execFileSync('lxc-attach', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    },
    logs: (source) => {
      const folder = join(bed.config.data, 'engine/logs', service);
      const files = readdirSync(folder).filter((name) => name.startsWith(source));
      return files.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
    },
    close: () => bed.close(),
  };
}

function consoleOf(bed: Testbed): string {
  const folder = join(bed.config.run, 'consoles');
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

async function within<T>(milliseconds: number, work: Promise<T>, why: () => string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(why())), milliseconds);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function importParts(bed: Testbed, engine: TestEngine, script: string): Promise<void> {
  const folder = join(bed.scratch, 'script');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), script);
  const image = join(bed.scratch, 'image');
  makeImage(image);
  const part = { service, index, revision, config: '{"workdir":"/"}', environment: 'PATH=/bin\nIMAGE=yes\n' };
  const parts = [
    { kind: 'javascript', name: 'javascript', archive: stageSquashfs(bed.config, folder, 'abi-script') },
    { kind: 'image', name: 'main', archive: stageSquashfs(bed.config, image, 'abi-image') },
  ] as const;
  for (const one of parts) await engine.client.call('image.import', { ...part, ...one });
}

function startInput(): EngineInput<'container.start'> {
  return {
    service,
    index,
    revision,
    volumes: ['main'],
    images: ['main'],
    limits: { memory: 1024 ** 3, cpuWeight: 100, pids: 400 },
    devices: { fuse: false, tun: false },
    language: 'en_US.UTF-8',
  };
}

/** What the kernel would do about subcontainers and mounts. */
function answerSubcontainers(host: FakeHost, engine: TestEngine): void {
  let next = 1;
  host.answers['subcontainer.create-fs'] = async ({ imageId }) => {
    const guid = `guid-${String(next++).padStart(8, '0')}`;
    const made = await engine.client.call('subcontainer.create', { service, image: String(imageId), guid });
    return [made.path, made.guid];
  };
  host.answers['subcontainer.destroy-fs'] = async ({ guid }) => {
    await engine.client.call('subcontainer.destroy', { service, guid: String(guid) });
    return null;
  };
  host.answers['mount'] = async ({ location, target }) => {
    const { volumeId, subpath, readonly, idmap = [] } = target as Record<string, any>;
    const source = { service, volume: volumeId, subpath: subpath ?? '', readonly, idmap };
    await engine.client.call('mount.attach', { service, location: String(location), source });
    return null;
  };
}

/** A package of `spec/packages`, bundled as its author would. */
export function bundlePackage(name: string, folder: string): string {
  execFileSync(process.execPath, [join(packages, 'build.mjs'), name, folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  return readFileSync(join(folder, 'index.js'), 'utf8');
}

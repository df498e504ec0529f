/** One package in a real container: engine, image, guest; the kernel's place is taken by a host that answers effects. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerState, EngineInput } from '@hearth/contract';
import { buildGuest } from '@hearth/guest/build';
import { FakeHost } from '@hearth/guest/testing';
import { makeTestbed, stageSquashfs, type TestEngine, type Testbed } from '../testbed/index.ts';
import { makeImage } from './package-image.ts';

const service = 'abi';
const index = 2;
const revision = 'cd'.repeat(16);
export interface AbiBed {
  readonly bed: Testbed;
  readonly engine: TestEngine;
  readonly host: FakeHost;
  readonly volume: string;
  /** Runs a program in the container, as its root. */
  inside(...command: string[]): string;
  logs(source: string): string;
  /** The container anew, with these devices; its guest has said hello. */
  restart(devices: EngineInput<'container.start'>['devices']): Promise<void>;
  close(): Promise<void>;
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
    restart: async (devices) => {
      await engine.client.call('container.stop', { service, killAfterMs: 0 });
      const again = host.greeted();
      await engine.client.call('container.start', { ...startInput(), devices });
      await within(60_000, again, () => `No guest said hello: ${consoleOf(bed)}`);
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

/** Another service on the same bridge, with the same parts. Nobody answers its guest. */
export async function startSecond(abi: AbiBed, service: string, index: number): Promise<ContainerState> {
  const { bed, engine } = abi;
  const common = { service, index, revision, config: '{"workdir":"/"}', environment: 'PATH=/bin\n' };
  const script = stageSquashfs(bed.config, join(bed.scratch, 'script'), `${service}-script`);
  const image = stageSquashfs(bed.config, join(bed.scratch, 'image'), `${service}-image`);
  await engine.client.call('image.import', { ...common, kind: 'javascript', name: 'javascript', archive: script });
  await engine.client.call('image.import', { ...common, kind: 'image', name: 'main', archive: image });
  mkdirSync(join(bed.config.run, 'rpc', service), { recursive: true });
  return engine.client.call('container.start', startInput(service, index));
}

function startInput(name = service, place = index): EngineInput<'container.start'> {
  return {
    service: name,
    index: place,
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

/** A small service for system tests: an image with a shell, a script, a guest that idles. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EngineClient, EngineInput } from '@hearth/contract';
import { type Testbed, stageSquashfs } from '../../../../spec/testbed/index.ts';

export const revision = 'ab'.repeat(16);

const programs = ['sh', 'cat', 'id', 'ls', 'touch', 'sleep', 'mkdir', 'rm', 'chmod', 'mv', 'wc'];

/** A folder with a few of this machine's programs and what they are linked to. */
export function shellImage(folder: string): string {
  if (existsSync(folder)) return folder;
  const paths = programs.map((name) => execFileSync('which', [name], { encoding: 'utf8' }).trim());
  const linked = execFileSync('ldd', paths, { encoding: 'utf8' });
  const libraries = [...linked.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1]!);
  for (const path of new Set(libraries)) copy(path, join(folder, path));
  for (const path of paths) copy(path, join(folder, 'bin', path.split('/').at(-1)!));
  for (const name of ['proc', 'dev', 'sys', 'tmp', 'etc']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n');
  copyFileSync(join(folder, 'bin/id'), join(folder, 'bin/id-as-root'));
  chmodSync(join(folder, 'bin/id-as-root'), 0o4755);
  return folder;
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** Imports image `main` and a script, and makes the folder the kernel would listen in. */
export async function importService(bed: Testbed, client: EngineClient, service: string, index: number): Promise<void> {
  const script = join(bed.scratch, 'script');
  mkdirSync(script, { recursive: true });
  writeFileSync(join(script, 'index.js'), 'exports.manifest = {}');
  const image = shellImage(join(bed.scratch, 'shell-image'));
  const part = { service, index, revision, config: '{"cwd":"/"}', environment: 'A=1' };
  await client.call('image.import', {
    ...part,
    kind: 'javascript',
    name: 'javascript',
    archive: stageSquashfs(bed.config, script, `${service}-script`),
  });
  await client.call('image.import', {
    ...part,
    kind: 'image',
    name: 'main',
    archive: stageSquashfs(bed.config, image, `${service}-image`),
  });
  mkdirSync(join(bed.config.run, 'rpc', service), { recursive: true });
}

export function startInput(service: string, index: number): EngineInput<'container.start'> {
  return {
    service,
    index,
    revision,
    volumes: ['main'],
    images: ['main'],
    limits: { memory: 256 * 1024 ** 2, cpuWeight: 100, pids: 200 },
    devices: { fuse: false, tun: false },
    language: 'en_US.UTF-8',
  };
}

/** Runs a program in the container, as its root. */
export function inside(bed: Testbed, service: string, ...command: string[]): string {
  const name = `${bed.config.containerPrefix}${service}`;
  const args = ['-P', bed.config.lxcPath, '-n', name, '--clear-env', '--', ...command];
  return execFileSync('lxc-attach', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Starts a subcontainer with crun, as the guest does, and leaves its shell sleeping. */
export function runCrun(bed: Testbed, service: string, guid: string, user = 0): void {
  const bundle = {
    ociVersion: '1.0.0',
    root: { path: `/media/startos/subcontainers/${guid}` },
    process: { user: { uid: user, gid: user }, cwd: '/', args: ['/bin/sleep', '1000'], env: ['PATH=/bin'] },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }] },
  };
  const json = JSON.stringify(bundle).replaceAll("'", '');
  const script = `mkdir -p /run/b && printf %s '${json}' > /run/b/config.json &&
    crun --cgroup-manager=cgroupfs run --bundle /run/b --detach ${guid} </dev/null >/dev/null 2>/run/b/log || cat /run/b/log >&2`;
  inside(bed, service, 'sh', '-c', script);
}

/** Runs a program in a subcontainer that runs. */
export function insideCrun(bed: Testbed, service: string, guid: string, ...command: string[]): string {
  return inside(bed, service, 'crun', '--cgroup-manager=cgroupfs', 'exec', guid, ...command);
}

/** `<run>/views/<service>`: everything bound read-only into a container, put together by the engine. */
import { closeSync } from 'node:fs';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineInput } from '@hearth/contract';
import { bind } from '../attach/bind.ts';
import { openAndBindTarget } from '../attach/open.ts';
import type { Machine } from '../host/machine.ts';
import { hasImage, requireImage } from '../images/store.ts';
import { bridgeAddress, serviceAddress } from '../layout.ts';
import { openBeneath } from '../system/beneath.ts';
import { mountAt } from '../system/mountinfo.ts';
import { mountImage, removeTree, unmountAll } from '../system/mounts.ts';

type Start = EngineInput<'container.start'>;

export function viewPath({ layout }: Machine, service: string): string {
  return join(layout.views, service);
}

/** Answers whether the package has assets. */
export async function buildView(machine: Machine, input: Start, idBase: number): Promise<{ hasAssets: boolean }> {
  const { service, revision } = input;
  const view = viewPath(machine, service);
  for (const folder of ['', 'images', 'etc', 'rpc']) await mkdir(join(view, folder), { recursive: true, mode: 0o755 });
  for (const name of input.images) {
    const image = await requireImage(machine, { service, revision, kind: 'image', name });
    await mountImage(image.squashfs, join(view, 'images', name), { nosuid: false });
    await copyOwned(image.config, join(view, 'images', `${name}.json`), idBase);
    await copyOwned(image.environment, join(view, 'images', `${name}.env`), idBase);
  }
  const script = await requireImage(machine, { service, revision, kind: 'javascript', name: 'javascript' });
  await mountImage(script.squashfs, join(view, 'javascript'), { nosuid: true });
  const assets = { service, revision, kind: 'assets', name: 'assets' } as const;
  const hasAssets = await hasImage(machine, assets);
  if (hasAssets)
    await mountImage((await requireImage(machine, assets)).squashfs, join(view, 'assets'), { nosuid: true });
  await bindSocketFolder(machine, service, join(view, 'rpc'));
  await writeNames(machine, input, join(view, 'etc'));
  return { hasAssets };
}

export async function dropView(machine: Machine, service: string): Promise<void> {
  const view = viewPath(machine, service);
  await unmountAll(view);
  await removeTree(view);
}

/** The folder belongs to the kernel, which runs without root: it is walked, not named, on its way into the mount. */
async function bindSocketFolder({ layout }: Machine, service: string, target: string): Promise<void> {
  if (mountAt(target)) return;
  const source = openBeneath(layout.rpc, service);
  try {
    await openAndBindTarget(target, (descriptor) => bind({ descriptor }, { source, readonly: true, name: target }));
  } finally {
    closeSync(source);
  }
}

async function copyOwned(source: string, target: string, owner: number): Promise<void> {
  await rm(target, { force: true });
  await writeFile(target, await readFile(source), { mode: 0o644 });
  await chown(target, owner, owner);
}

/** Bound over the base system's empty files; the trees of packages are never written. */
async function writeNames(machine: Machine, { service, index }: Start, folder: string): Promise<void> {
  const own = serviceAddress(machine.config, index);
  const hosts = [
    '127.0.0.1 localhost',
    `${own} ${service} ${service}.startos ${service}.embassy`,
    `${bridgeAddress(machine.config)} startos`,
  ];
  await writeFile(join(folder, 'hosts'), `${hosts.join('\n')}\n`, { mode: 0o644 });
  await writeFile(join(folder, 'hostname'), `${service}\n`, { mode: 0o644 });
  const resolver = `nameserver ${bridgeAddress(machine.config)}\noptions edns0 trust-ad\n`;
  await writeFile(join(folder, 'resolv.conf'), resolver, { mode: 0o644 });
}

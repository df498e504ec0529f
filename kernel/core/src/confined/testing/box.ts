/** A kernel with real confined processes, for tests that run as root. */
import { chmod, link, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Services, servicesRef } from '@hearth/contract';
import { buildConfined } from '@hearth/confined/build';
import { fake, startTestKernel, type TestKernel, type TestKernelOptions } from '../../testing/index.ts';
import type { ConfinedParts } from '../confined.ts';
import { createConfined } from '../part.ts';
import { newUploadId, type TestPlugin, upload } from './plugins.ts';

/** On the disk of the checkout: Node is linked, not copied, and every user may look at the way there. */
const around = '/var/tmp';

export interface ConfinedRuntime {
  readonly folder: string;
  remove(): Promise<void>;
}

/** What a release has of it: `node` and `confined/`. */
export async function buildRuntime(): Promise<ConfinedRuntime> {
  const folder = await mkdtemp(join(around, 'hearth-confined-'));
  await chmod(folder, 0o755);
  await buildConfined(join(folder, 'confined'));
  await link(process.execPath, join(folder, 'node')).catch(() => symlink(process.execPath, join(folder, 'node')));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface ConfinedBox extends TestKernel {
  /** Installs, grants all it asks unless told, and waits until it stands as it will. */
  install(plugin: TestPlugin, options?: { readonly grant?: readonly string[]; readonly wait?: string }): Promise<void>;
  /** Resolves when the plugin's status is this one; throws after a minute with what it was. */
  until(id: string, state: string): Promise<{ readonly reason: string; readonly crashes: number }>;
}

export type BoxOptions = Omit<TestKernelOptions, 'folder' | 'environment'> & {
  readonly runtime: ConfinedRuntime;
  readonly services?: Partial<Services>;
  readonly folder?: string;
  readonly confined?: Pick<ConfinedParts, 'limits' | 'fetch'>;
};

export async function startBox(options: BoxOptions): Promise<ConfinedBox> {
  const folder = options.folder ?? (await mkdtemp(join(around, 'hearth-confined-box-')));
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'data'), { recursive: true });
  await symlink(options.runtime.folder, join(folder, 'runtime')).catch(() => undefined);
  const services = {
    list: () => [],
    read: () => null,
    health: () => ({}),
    registerSource: () => undefined,
    giveAddresses: () => Promise.resolve(),
  };
  const kernel = await startTestKernel({
    ...options,
    folder,
    fakes: [fake(servicesRef, { ...services, ...options.services }), ...(options.fakes ?? [])],
    factories: { createConfined: (parts) => createConfined({ ...parts, ...options.confined }) },
  });
  const statusOf = (id: string) =>
    (
      kernel.store.snapshot().value['pluginStatus'] as Record<
        string,
        { state: string; reason: string; crashes: number }
      >
    )[id];
  const until = (id: string, state: string): Promise<{ reason: string; crashes: number }> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const status = statusOf(id);
        if (status?.state !== state) return;
        over();
        resolve(status);
      };
      const undo = kernel.store.follow(() => setImmediate(look));
      const timer = setTimeout(() => {
        over();
        reject(new Error(`${id} never was ${state}: ${JSON.stringify(statusOf(id))}`));
      }, 60_000);
      const over = (): void => {
        undo();
        clearTimeout(timer);
      };
      look();
    });
  const stop = async (): Promise<void> => {
    await kernel.stop();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };
  return {
    ...kernel,
    until,
    async install(plugin, { grant, wait = 'running' } = {}) {
      const id = await upload(kernel.places.staging, newUploadId(), plugin);
      const asked = (plugin.capabilities ?? []).map(({ capability }) => capability);
      await kernel.rpc('plugin.install', { upload: id, grant: grant ?? asked });
      await until(plugin.id ?? 'probe', wait);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

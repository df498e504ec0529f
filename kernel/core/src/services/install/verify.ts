/** Everything that is asked of an archive before the machine is changed. What is refused here leaves nothing behind. */
import type { Manifest } from '@hearth/contract';
import { manifest as manifestSchema, urlPlugin } from '@hearth/contract';
import { orderPlainVersions } from '@hearth/exver';
import { type Archive, errors as archiveErrors, openFile, packageFiles } from '@hearth/s9pk/node';
import { startosVersion } from '../compat.ts';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import type { Found } from './work.ts';

/** Beside what is counted: journal, logs, the service's first data. */
export const reserveBytes = 256 * 1024 * 1024;
/** Images grow a little when their ids are shifted. */
const growth = 1.25;

/** The kept archive and its images beside the staged one. */
export const spaceFor = (bytes: number): number => Math.ceil(bytes * (1 + growth));

export interface Expected {
  readonly service: string;
  /** Hex root sighash the caller saw in a plan. */
  readonly expect?: string | undefined;
  readonly registry: string | null;
  readonly commitment: { readonly rootSighash: string; readonly rootMaxsize: number } | null;
}

interface Watching {
  readonly signal: AbortSignal;
  progress(done: number, total: number): void;
}

/** Proves signature, commitment and every file, and checks that the package fits this machine. */
export async function verifyPackage(
  context: Context,
  path: string,
  expected: Expected,
  watching: Watching,
): Promise<Omit<Found, 'hadData' | 'hadIndex'>> {
  const { commitment, service, registry } = expected;
  const { signal } = watching;
  const archive = await openFile(path, { ...(commitment === null ? {} : { commitment }), signal });
  try {
    const manifest = await readManifest(archive, signal);
    if (expected.expect !== undefined && archive.commitment.rootSighash !== expected.expect)
      throw errors.notAsPlanned({ service });
    if (manifest.id !== service) throw errors.wrongPackage({ service, found: manifest.id });
    refuseUnfit(context, manifest);
    const { keep, icon } = await packageFiles(archive, context.host().architecture, signal);
    refuseForeignImages(context, manifest, keep);
    await archive.verifyAll({ progress: (done, total) => watching.progress(done, total), signal });
    const bytes = await bytesOf(archive, keep, signal);
    await refuseFullDisk(context, manifest.title, spaceFor(bytes));
    return {
      manifest,
      package: { ...archive.commitment, signer: archive.signer, registry, size: archive.source.size },
      icon,
      images: Object.keys(manifest.images),
      assets: keep.has('assets.squashfs'),
      instructions: keep.has('instructions.md'),
    };
  } finally {
    await archive.close();
  }
}

/** @throws s9pk.manifestInvalid */
export async function readManifest(archive: Archive, signal?: AbortSignal): Promise<Manifest> {
  const text = new TextDecoder().decode(await archive.manifest(signal));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw archiveErrors.manifestInvalid({ reason: 'it is not JSON' }, error);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw archiveErrors.manifestInvalid({ reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}` });
}

/** @throws services.noSpace, with both numbers */
export async function refuseFullDisk(context: Context, title: string, bytes: number): Promise<void> {
  const { diskFree } = await context.engine.call('host.usage', {});
  const needed = bytes + reserveBytes;
  if (diskFree < needed) throw errors.noSpace({ title, needed, free: diskFree });
}

/** Whether the machine is made for it: architecture, memory, devices. Throws what the install would. */
export function refuseUnfit(context: Context, manifest: Manifest): void {
  const service = manifest.id;
  const { memory, architecture } = context.host();
  const { ram, arch, device } = manifest.hardwareRequirements;
  if (manifest.osVersion !== null && orderPlainVersions(manifest.osVersion, startosVersion) > 0)
    throw errors.needsNewer({ service, wanted: manifest.osVersion, offered: startosVersion });
  if (arch !== null && !arch.includes(architecture))
    throw archiveErrors.architectureAbsent({ architecture, image: 'any' });
  if (ram !== null && ram > memory) throw errors.needsMemory({ service, needed: ram, total: memory });
  if (device.length > 0)
    throw errors.needsFeature({ service, feature: device[0]?.description || `a certain ${device[0]?.class}` });
  const unknown = manifest.plugins.find((plugin) => plugin !== urlPlugin);
  if (unknown !== undefined) throw errors.needsFeature({ service, feature: `plugin "${unknown}"` });
  const gpu = Object.values(manifest.images).some((image) => image.nvidiaContainer);
  if (gpu) throw errors.needsFeature({ service, feature: 'an NVIDIA graphics device in its container' });
}

/** An image of another architecture would need emulation, which is not offered. */
function refuseForeignImages(context: Context, manifest: Manifest, keep: ReadonlySet<string>): void {
  const { architecture } = context.host();
  for (const image of Object.keys(manifest.images))
    if (!keep.has(`images/${architecture}/${image}.squashfs`))
      throw errors.wrongArchitecture({ service: manifest.id, image, architecture });
}

async function bytesOf(archive: Archive, keep: ReadonlySet<string>, signal: AbortSignal): Promise<number> {
  const files = await archive.presentFiles(signal);
  return files.reduce((sum, { path, entry }) => (keep.has(path) ? sum + entry.size : sum), 0);
}

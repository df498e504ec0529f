/** Which files a package consists of, by its manifest: what must be there, what may be, and so what an installation keeps. */
import { manifest as schema } from '@hearth/contract';
import type { Archive } from './archive.ts';
import { errors } from './errors.ts';
import { text } from './format/bytes.ts';

const icon = /^icon\.(apng|avif|flif|gif|jpg|jpeg|jfif|pjpeg|pjp|jxl|png|svg|webp|mng|x-mng)$/;
const relevant = schema.pick({ images: true, dependencies: true, hardwareRequirements: true });

export interface PackageFiles {
  /** Paths of files. */
  readonly keep: ReadonlySet<string>;
  /** Path of the icon. */
  readonly icon: string;
  /** What is not as it should be, but no reason to refuse. */
  readonly warnings: readonly string[];
}

/**
 * @param architecture `x86_64`, `aarch64`: only its images are wanted. Null: those of every architecture the package is for.
 * @throws s9pk.packageIncomplete, s9pk.packageAmbiguous, s9pk.architectureAbsent, s9pk.manifestInvalid
 */
export async function packageFiles(
  archive: Archive,
  architecture: string | null,
  signal?: AbortSignal,
): Promise<PackageFiles> {
  const manifest = parse(await archive.manifest(signal));
  const present = new Set(
    (await archive.list(signal)).filter(({ entry }) => entry.type === 'file').map(({ path }) => path),
  );
  return selectFiles(present, manifest, architecture);
}

type Relevant = ReturnType<typeof parse>;

/** The same for a list of paths, before there is an archive. */
export function selectFiles(
  present: ReadonlySet<string>,
  manifest: Relevant,
  architecture: string | null,
): PackageFiles {
  const keep = new Set<string>();
  const warnings: string[] = [];
  const need = (path: string): void => {
    if (!present.has(path)) throw errors.packageIncomplete({ path });
    keep.add(path);
  };
  for (const path of ['manifest.json', 'LICENSE.md', 'javascript.squashfs']) need(path);
  if (present.has('instructions.md')) keep.add('instructions.md');
  else warnings.push('instructions.md is not there');
  const ownIcon = oneIcon(present, '');
  if (ownIcon === null) throw errors.packageIncomplete({ path: 'icon' });
  keep.add(ownIcon);
  keepAssets(present, keep, warnings);
  for (const id of Object.keys(manifest.dependencies)) {
    const metadata = `dependencies/${id}/metadata.json`;
    if (present.has(metadata)) keep.add(metadata);
    const dependencyIcon = oneIcon(present, `dependencies/${id}/`);
    if (dependencyIcon !== null) keep.add(dependencyIcon);
  }
  for (const image of Object.keys(manifest.images)) {
    for (const wanted of architecture === null ? architecturesOf(manifest, image) : [architecture]) {
      const folder = imageFolder(present, manifest, image, wanted);
      for (const extension of ['squashfs', 'json', 'env']) need(`${folder}/${image}.${extension}`);
    }
  }
  return { keep, icon: ownIcon, warnings };
}

/** Reads what matters here of a manifest. @throws s9pk.manifestInvalid */
export function parse(
  bytes: Uint8Array,
): Pick<ReturnType<typeof schema.parse>, 'images' | 'dependencies' | 'hardwareRequirements'> {
  let value: unknown;
  try {
    value = JSON.parse(text(bytes));
  } catch (cause) {
    throw errors.manifestInvalid({ reason: 'it is not JSON' }, cause);
  }
  const parsed = relevant.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw errors.manifestInvalid({ reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}` });
}

function oneIcon(present: ReadonlySet<string>, folder: string): string | null {
  const found = [...present].filter((path) => path.startsWith(folder) && icon.test(path.slice(folder.length)));
  if (found.length > 1) throw errors.packageAmbiguous({ what: `icon in "${folder}"` });
  return found[0] ?? null;
}

function keepAssets(present: ReadonlySet<string>, keep: Set<string>, warnings: string[]): void {
  if (present.has('assets.squashfs')) {
    keep.add('assets.squashfs');
    return;
  }
  const older = [...present].filter((path) => path.startsWith('assets/'));
  if (older.length === 0) warnings.push('assets.squashfs is not there');
  for (const path of older) keep.add(path);
}

function architecturesOf(manifest: Relevant, image: string): readonly string[] {
  return manifest.hardwareRequirements.arch ?? manifest.images[image]?.arch ?? [];
}

/** Where an image is taken from: its own architecture, or the one it is emulated as. */
function imageFolder(present: ReadonlySet<string>, manifest: Relevant, image: string, architecture: string): string {
  const own = `images/${architecture}`;
  if (present.has(`${own}/${image}.squashfs`)) return own;
  const emulated = manifest.images[image]?.emulateMissingAs ?? null;
  if (emulated === null) throw errors.architectureAbsent({ architecture, image });
  return `images/${emulated}`;
}

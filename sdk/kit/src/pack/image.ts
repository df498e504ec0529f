/** Builds an image: packages of Debian as one squashfs, kept by what it was made from. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { aptOptions, sourcesFor } from './apt-sources.ts';
import { errors } from './errors.ts';
import type { PackContext } from './events.ts';
import type { DebianSource, RecipeImage } from './recipe.ts';
import { pipe } from './tools.ts';

/** Counted up when the way of building changes what comes out. */
const builder = 3;
/** Every file is at most this old, so that the same packages give the same bytes. 2025-01-01. */
export const epoch = 1_735_689_600;

const debianNames: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

export interface BuiltImage {
  readonly squashfs: string;
  /** `<image>.json`. */
  readonly config: string;
  /** `<image>.env`, without a last newline. */
  readonly environment: string;
}

export async function buildImage(
  name: string,
  image: RecipeImage,
  architecture: string,
  cache: string,
  context: PackContext,
): Promise<BuiltImage> {
  const { source } = image;
  const folder = join(cache, 'images');
  const hash = 'rootfs' in source ? await rootfsHash(source.rootfs) : imageHash(source.debian, architecture);
  const squashfs = join(folder, `${hash}.squashfs`);
  const known = await stat(squashfs).catch(() => null);
  if (known === null || context.fresh) {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    if ('rootfs' in source) await squashTree(name, source.rootfs, squashfs, context);
    else await bootstrap(name, source.debian, architecture, squashfs, context);
  } else {
    context.say(`Image ${name} was built before`);
  }
  const { workdir, user, entrypoint, cmd } = image;
  return {
    squashfs,
    config: JSON.stringify({ workdir, user, entrypoint, cmd }),
    environment: Object.entries(image.env)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
  };
}

export function imageHash(source: DebianSource, architecture: string): string {
  const made = JSON.stringify([builder, epoch, architecture, source]);
  return createHash('sha256').update(made).digest('hex').slice(0, 32);
}

/** By what is in the file, wherever it lies. */
async function rootfsHash(file: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([builder, 'rootfs']));
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex').slice(0, 32);
}

/** Owners, modes and times as the tar has them: the same file gives the same bytes. */
async function squashTree(name: string, file: string, destination: string, context: PackContext): Promise<void> {
  const unfinished = `${destination}.${process.pid}.part`;
  const env = { SOURCE_DATE_EPOCH: String(epoch) };
  context.say(`Building image ${name}`);
  try {
    await pipe(
      { tool: 'cat', args: [file], options: { package: 'coreutils', signal: context.signal } },
      {
        tool: 'tar2sqfs',
        args: ['-q', '-f', '-c', 'zstd', '-X', 'level=9', '-j', '2', unfinished],
        options: { package: 'squashfs-tools-ng', env, signal: context.signal, onLine: context.log },
      },
    );
    await rename(unfinished, destination);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** What mmdebstrap says on its way, in the order it comes. */
const stages: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^I: running apt-get update/, 'Asking for packages'],
  [/^I: downloading packages/, 'Downloading packages'],
  [/^I: extracting archives/, 'Unpacking the base'],
  [/^I: installing essential/, 'Installing the base'],
  [/^I: (downloading|installing) remaining packages|^I: installing/, 'Installing packages'],
  [/^I: cleaning/, 'Cleaning up'],
  [/^I: creating tarball|^I: success/, 'Writing the image'],
];

async function bootstrap(
  name: string,
  source: DebianSource,
  architecture: string,
  destination: string,
  context: PackContext,
): Promise<void> {
  const debian = debianNames[architecture];
  if (debian === undefined) throw errors.architectureUnknown({ architecture });
  const unfinished = `${destination}.${process.pid}.part`;
  const sources = `${unfinished}.list`;
  const env = { SOURCE_DATE_EPOCH: String(epoch) };
  const tools = { env, signal: context.signal };
  let stage = 0;
  const onLine = (line: string): void => {
    context.log(line);
    const found = stages.findIndex(([pattern], at) => at >= stage && pattern.test(line));
    if (found === -1) return;
    stage = found;
    context.say(`Building image ${name}: ${stages[found]?.[1] ?? ''}`);
    context.progress(found, stages.length, 'steps');
  };
  context.say(`Building image ${name}`);
  context.progress(0, stages.length, 'steps');
  try {
    await writeFile(sources, `${(await sourcesFor(source.suite, source.components)).join('\n')}\n`);
    const args = [...(await bootstrapArguments(source, debian)), source.suite, '-', sources];
    await pipe(
      { tool: 'mmdebstrap', args, options: { ...tools, package: 'mmdebstrap', onLine } },
      {
        tool: 'tar2sqfs',
        args: ['-q', '-f', '-c', 'zstd', '-X', 'level=9', '-j', '2', unfinished],
        options: { ...tools, package: 'squashfs-tools-ng', onLine: context.log },
      },
    );
    await rename(unfinished, destination);
    context.progress(stages.length, stages.length, 'steps');
  } finally {
    await rm(unfinished, { force: true });
    await rm(sources, { force: true });
  }
}

async function bootstrapArguments(source: DebianSource, architecture: string): Promise<string[]> {
  return [
    `--mode=${await mode()}`,
    `--variant=${source.variant}`,
    '--format=tar',
    `--architectures=${architecture}`,
    ...(source.packages.length === 0 ? [] : [`--include=${source.packages.join(',')}`]),
    ...(await aptOptions()).map((option) => `--aptopt=${option}`),
    // A source that stalls is asked again instead of waited for.
    ...['Languages "none"', 'http::Timeout "20"', 'https::Timeout "20"', 'Retries "3"'].map(
      (option) => `--aptopt=Acquire::${option}`,
    ),
    ...source.excludes.map((path) => `--dpkgopt=path-exclude=${path}`),
    // Licence texts stay, whatever documentation goes.
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    // Containers get devices of their own.
    '--skip=output/dev',
    ...source.setup.map((line) => `--customize-hook=chroot "$1" sh -ec ${quoted(line)}`),
    // Where this machine gets its packages from, and how, is nobody's business elsewhere.
    '--customize-hook=rm -f "$1/etc/apt/sources.list" "$1/etc/apt/sources.list.d/"* "$1/etc/apt/apt.conf.d/99mmdebstrap"',
    // Bound over by whoever runs the image.
    '--customize-hook=for file in resolv.conf hosts hostname; do : > "$1/etc/$file"; done',
    // What differs from build to build and is made anew where it is needed.
    '--customize-hook=rm -f "$1/var/cache/ldconfig/aux-cache" "$1/var/log/"*.log "$1/var/log/apt/"*.log',
  ];
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

async function mode(): Promise<'root' | 'unshare'> {
  const { uid, username } = userInfo();
  if (uid === 0) return 'root';
  const lines = (await readFile('/etc/subuid', 'utf8').catch(() => '')).split('\n');
  const has = lines.some((line) => line.startsWith(`${username}:`) || line.startsWith(`${uid}:`));
  if (!has) throw errors.noSubordinateIds({ user: username });
  return 'unshare';
}

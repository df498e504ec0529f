/** Debian packages as one squashfs, by mmdebstrap. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { aptOptions, sourcesFor } from './apt-sources.ts';
import { errors } from './errors.ts';
import type { PackContext } from './events.ts';
import type { DebianSource } from './sources.ts';
import { epoch, toSquashfs } from './squash.ts';

const debianNames: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

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

/** Writes the image to `destination`. */
export async function bootstrap(
  name: string,
  source: DebianSource,
  architecture: string,
  destination: string,
  context: PackContext,
): Promise<void> {
  const debian = debianNames[architecture];
  if (debian === undefined) throw errors.architectureUnknown({ architecture });
  const sources = `${destination}.${process.pid}.list`;
  const tools = { env: { SOURCE_DATE_EPOCH: String(epoch) }, signal: context.signal };
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
    const producer = { tool: 'mmdebstrap', args, options: { ...tools, package: 'mmdebstrap', onLine } };
    await toSquashfs(producer, destination, context);
    context.progress(stages.length, stages.length, 'steps');
  } finally {
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

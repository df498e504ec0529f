/** `npm run image`: the bootable disk image; `-- --twice` proves that the same inputs give the same bytes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Checklist } from '../daemon/src/checklist.ts';
import { installPackages, missingPackages, productPackages } from '../daemon/src/packages.ts';
import { checkMachine } from '../daemon/src/preflight.ts';
import { Refusal } from '../daemon/src/refusal.ts';
import { firstDifference } from './difference.ts';
import { bootLoaders } from './disk.ts';
import { buildImage, type Image, type ImageOptions } from './image.ts';
import { carriedServices } from './services.ts';

const usage = `Builds out/image/hearth-<version>-x86_64.raw, .qcow2 and .spdx.json.

Usage: npm run image -- [options]

  --services A,B   the services of the catalog it carries (${carriedServices.join(',')})
  --twice          builds it again with nothing kept from the first time, and fails where the bytes differ

SOURCE_DATE_EPOCH is the time of everything in it, in seconds.
`;

/** What only building an image needs. */
const tools = [...['dosfstools', 'erofs-utils', 'fdisk', 'mtools', 'qemu-utils', 'squashfs-tools'], ...bootLoaders];

const out = resolve(import.meta.dirname, '../../out/image');
const list = new Checklist(process.stderr);

try {
  const { values } = parseArgs({
    options: { services: { type: 'string' }, twice: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) process.stdout.write(usage);
  else await build(values.services?.split(',') ?? carriedServices, values.twice === true);
} catch (error) {
  const wrong = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof Refusal) && !wrong) throw error;
  process.stderr.write(`hearth: ${error.message}\n${wrong ? `\n${usage}` : ''}`);
  process.exitCode = wrong ? 2 : 1;
}

async function build(services: readonly string[], twice: boolean): Promise<void> {
  process.umask(0o022);
  await checkMachine();
  const missing = await missingPackages([...productPackages, ...tools]);
  if (missing.length > 0)
    await list.step(`Installing Debian packages: ${missing.join(', ')}`, (tell) => installPackages(missing, tell));
  const options: ImageOptions = {
    out,
    cache: '/var/cache/hearth',
    key: join(out, 'developer.key.pem'),
    services,
    epoch: Number(process.env['SOURCE_DATE_EPOCH'] ?? 1_767_225_600),
  };
  const image = await timed(options);
  if (twice) await proveSame(image, options);
}

/**
 * The same again elsewhere, with empty caches: every package is fetched, unpacked and configured anew. As deep in the tree
 * as the first: source maps name their sources by the way there.
 */
async function proveSame(image: Image, options: ImageOptions): Promise<void> {
  const second = await mkdtemp(`${out}-`);
  const again = await timed({ ...options, out: second, cache: join(second, 'cache') });
  for (const kind of ['raw', 'qcow2', 'packages'] as const) {
    if (image.sums[kind] === again.sums[kind]) continue;
    const where = await firstDifference(image[kind], again[kind]);
    throw new Refusal(`the second build gave another ${kind}: ${where}; both are kept, the second in ${second}`);
  }
  await rm(second, { recursive: true, force: true });
  list.say('\n  Both builds gave the same bytes: disk, compressed disk and package list.\n');
}

async function timed(options: ImageOptions): Promise<Image> {
  const began = Date.now();
  const image = await buildImage(options, list);
  list.say(`  took ${Math.round((Date.now() - began) / 1000)} s\n`);
  return image;
}

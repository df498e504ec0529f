/** From the machine's Debian sources and this tree to the files of an image, step by step. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildBase } from '@hearth/engine/base';
import type { Checklist } from '../daemon/src/checklist.ts';
import { ensureRelease, sweepReleases } from '../daemon/src/release.ts';
import { Refusal } from '../daemon/src/refusal.ts';
import { run } from '../daemon/src/run.ts';
import { version } from '../daemon/src/version.ts';
import { assemble, bootLoaders, bootPartition, squash } from './disk.ts';
import { packageList } from './package-list.ts';
import { packCatalog } from './registry.ts';
import { sizeLimit } from './services.ts';
import { bootstrap, furnish } from './system.ts';
import type { Workplace } from './workplace.ts';

const root = resolve(import.meta.dirname, '../..');
const name = `hearth-${version}-x86_64`;
const options =
  'root=PARTLABEL=hearth-a rootfstype=squashfs ro quiet console=tty0 console=ttyS0 systemd.show_status=auto';

export interface ImageOptions {
  /** Where the files come to lie, and what is made on the way. */
  readonly out: string;
  readonly cache: string;
  /** Signs the catalog; made if it is not there. */
  readonly key: string;
  /** Ids of the catalog. */
  readonly services: readonly string[];
  /** Seconds; every time stamp in the image. */
  readonly epoch: number;
}

/** Files of an image, and their SHA-256 in hexadecimal. */
export interface Image {
  readonly raw: string;
  readonly qcow2: string;
  readonly packages: string;
  readonly sums: Readonly<Record<'raw' | 'qcow2' | 'packages', string>>;
}

export async function buildImage(asked: ImageOptions, list: Checklist): Promise<Image> {
  const { out, cache, key, epoch, services } = asked;
  const place: Workplace = { work: join(out, 'work'), cache, epoch };
  await rm(place.work, { recursive: true, force: true });
  await mkdir(place.work, { recursive: true });
  await mkdir(cache, { recursive: true });

  const release = await list.step('Building the release', (tell) => ensureRelease(join(out, 'runtime'), tell));
  await sweepReleases(join(out, 'runtime'), new Set([release.folder]));
  const known = await readdir(join(release.folder, 'catalog'));
  const strange = services.filter((id) => !known.includes(id));
  if (strange.length > 0) throw new Refusal(`the catalog has no ${strange.join(', ')}; it has ${known.join(', ')}`);

  const registry = join(out, 'registry');
  const { base, system } = await list.step('Fetching Debian, packing the catalog', async (tell) => {
    // Both wait for the network and for one processor at a time: together they take little longer than the slower one.
    const debian = async () => ({
      base: await buildBase({ cacheFolder: cache, destination: join(out, 'base') }),
      system: await bootstrap(place, (line) => tell(`system: ${line}`)),
    });
    const [fetched] = await Promise.all([
      debian(),
      packCatalog(release.folder, services, { registry, key, cache, epoch }, tell),
    ]);
    return fetched;
  });
  const { tree, kernel, initramfs } = await list.step('Furnishing the system', (tell) =>
    furnish(place, { system, release: release.folder, base: base.path, registry }, tell),
  );
  const [squashed, esp] = await list.step('Compressing the system', () =>
    Promise.all([squash(place, tree), bootPartition(place, kernel, initramfs, options)]),
  );
  const disk = await list.step('Assembling the disk', () => assemble(place, esp, squashed));

  const raw = join(out, `${name}.raw`);
  const qcow2 = join(out, `${name}.qcow2`);
  const packages = join(out, `${name}.spdx.json`);
  await rename(disk, raw);
  const sums = await list.step('Compressing the disk', async () => {
    const [rawSum] = await Promise.all([
      hashOf(raw),
      run('qemu-img', ['convert', '-c', '-O', 'qcow2', '-o', 'compression_type=zstd', raw, qcow2]),
    ]);
    const statuses = ['usr/share/hearth/var/lib/dpkg/status', 'var/lib/dpkg/status'] as const;
    const document = await packageList({
      ...{ version, epoch, registry },
      statuses: await Promise.all([
        text(tree, statuses[0]),
        text(base.path, statuses[1]),
        run('dpkg-query', ['--status', ...bootLoaders]),
      ]),
      lock: await text(root, 'package-lock.json'),
    });
    await writeFile(packages, `${JSON.stringify(document, null, 2)}\n`);
    return { raw: rawSum, qcow2: await hashOf(qcow2), packages: await hashOf(packages) };
  });
  await rm(place.work, { recursive: true, force: true });
  const { size } = await stat(qcow2);
  if (size > sizeLimit)
    throw new Refusal(
      `the image has ${megabytes(size)}, more than ${megabytes(sizeLimit)}; let it carry fewer services`,
    );
  list.say(`\n  ${raw}  (sha256 ${sums.raw})`);
  list.say(`  ${qcow2}  (${megabytes(size)})`);
  return { raw, qcow2, packages, sums };
}

const text = (folder: string, file: string): Promise<string> => readFile(join(folder, file), 'utf8');

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>)
    hash.update(chunk);
  return hash.digest('hex');
}

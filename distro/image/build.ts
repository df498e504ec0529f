/** `npm run image`: the bootable disk image, from the machine's own Debian sources and this tree. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildBase } from '@hearth/engine/base';
import { Checklist } from '../daemon/src/checklist.ts';
import { installPackages, missingPackages, productPackages } from '../daemon/src/packages.ts';
import { checkMachine } from '../daemon/src/preflight.ts';
import { Refusal } from '../daemon/src/refusal.ts';
import { ensureRelease, sweepReleases } from '../daemon/src/release.ts';
import { run } from '../daemon/src/run.ts';
import { version } from '../daemon/src/version.ts';
import { packageList } from './package-list.ts';
import { packCatalog } from './registry.ts';
import { assemble, bootPartition, bootstrap, furnish, size, squash, type Workplace } from './steps.ts';

/** What only building an image needs. */
const tools = ['dosfstools', 'erofs-utils', 'fdisk', 'mtools', 'qemu-utils', 'squashfs-tools', 'systemd-boot-efi'];

const root = resolve(import.meta.dirname, '../..');
const out = join(root, 'out/image');
const list = new Checklist(process.stderr);

try {
  await build();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`hearth: ${error.message}\n`);
  process.exitCode = 1;
}

async function build(): Promise<void> {
  const began = Date.now();
  await checkMachine();
  const missing = await missingPackages([...productPackages, ...tools]);
  if (missing.length > 0)
    await list.step(`Installing Debian packages: ${missing.join(', ')}`, (tell) => installPackages(missing, tell));

  const place: Workplace = {
    work: join(out, 'work'),
    cache: '/var/cache/hearth',
    epoch: Number(process.env['SOURCE_DATE_EPOCH'] ?? 1_767_225_600),
  };
  await rm(place.work, { recursive: true, force: true });
  await mkdir(place.work, { recursive: true });
  await mkdir(place.cache, { recursive: true });

  const release = await list.step('Building the release', (tell) => ensureRelease(join(out, 'runtime'), tell));
  await sweepReleases(join(out, 'runtime'), new Set([release.folder]));
  const base = await list.step('Preparing the base system of service containers', () =>
    buildBase({ cacheFolder: place.cache, destination: join(out, 'base') }),
  );
  const registry = join(out, 'registry');
  await list.step('Packing the catalog', (tell) =>
    packCatalog(
      release.folder,
      { registry, key: join(out, 'developer.key.pem'), cache: place.cache, epoch: place.epoch },
      tell,
    ),
  );
  const system = await list.step('Fetching the Debian system', (tell) => bootstrap(place, tell));
  const { tree, kernel, initramfs } = await list.step('Furnishing the system', (tell) =>
    furnish(place, { system, release: release.folder, base: base.path, registry }, tell),
  );
  const squashed = await list.step('Compressing the system', () => squash(place, tree));
  const options = `root=PARTLABEL=hearth-a rootfstype=squashfs ro quiet console=tty0 console=ttyS0 systemd.show_status=auto`;
  const esp = await list.step('Making the boot partition', () => bootPartition(place, kernel, initramfs, options));
  const disk = await list.step('Assembling the disk', () => assemble(place, esp, squashed));

  const name = `hearth-${version}-x86_64`;
  await writeFile(
    join(out, `${name}.spdx.json`),
    JSON.stringify(await packageList(tree, root, version, place.epoch), null, 2),
  );
  await rm(tree, { recursive: true, force: true });
  await rename(disk, join(out, `${name}.raw`));
  await list.step('Compressing the disk', () =>
    run('qemu-img', ['convert', '-c', '-O', 'qcow2', join(out, `${name}.raw`), join(out, `${name}.qcow2`)]),
  );
  await rm(place.work, { recursive: true, force: true });
  const raw = await hashOf(join(out, `${name}.raw`));
  list.say(`\n  ${join(out, `${name}.raw`)}  (sha256 ${raw})`);
  list.say(`  ${join(out, `${name}.qcow2`)}  (${Math.round((await size(join(out, `${name}.qcow2`))) / 1e6)} MB)`);
  list.say(`  took ${Math.round((Date.now() - began) / 1000)} s\n`);
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * `npm run test:vm`: boots the built image in an emulated machine and uses it as a person would. What the serial ports
 * said is kept in out/vm on failure.
 */
import { randomInt } from 'node:crypto';
import { access, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installPackages, missingPackages } from '../../daemon/src/packages.ts';
import { Refusal } from '../../daemon/src/refusal.ts';
import { version } from '../../daemon/src/version.ts';
import { Box } from './box.ts';
import { cuts } from './cuts.ts';
import { daily } from './daily.ts';
import { makeTestDisk } from './disk.ts';
import { tell } from './story.ts';

const usage = `Boots out/image/hearth-${version}-x86_64.raw in QEMU, uses it, and pulls the plug.

Usage: npm run test:vm -- [options]

  --cuts       an update, and many power cuts: slow
  --count N    how many of them (6)
  --seed N     what chance does in them; shown with each result
`;

const packages = ['mtools', 'ovmf', 'qemu-system-x86', 'seabios'];
const root = resolve(import.meta.dirname, '../../..');
const built = join(root, 'out/image');
const image = join(built, `hearth-${version}-x86_64.raw`);
const folder = join(root, 'out/vm');
/** The disk is so much larger than the image: the state partition is to grow into it. */
const extraBytes = 1024 ** 3;

try {
  const { values } = parseArgs({
    options: {
      cuts: { type: 'boolean' },
      count: { type: 'string', default: '6' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) process.stdout.write(usage);
  else process.exitCode = (await test(values.cuts === true, Number(values.count), Number(values.seed))) ? 0 : 1;
} catch (error) {
  const wrong = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof Refusal) && !wrong) throw error;
  process.stderr.write(`hearth: ${error.message}\n${wrong ? `\n${usage}` : ''}`);
  process.exitCode = wrong ? 2 : 1;
}

async function test(onlyCuts: boolean, count: number, seed: number): Promise<boolean> {
  await access(image).catch(() => {
    throw new Refusal(`there is no ${image}; build it with: npm run image`);
  });
  const missing = await missingPackages(packages);
  if (missing.length > 0) await installPackages(missing, () => undefined);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const box = new Box(folder);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void box.cutAll().then(() => process.exit(130)));
  try {
    const disk = await makeTestDisk(image, folder, extraBytes);
    const steps = onlyCuts
      ? cuts({ box, folder, built, disk, count, seed })
      : daily({ box, folder, disk, extraBytes, seed });
    const good = await tell(steps, async () => {
      process.stdout.write(`${await box.lastWords()}\n`);
      process.stdout.write(`The serial logs are kept: ${folder}/serial-*.log\n`);
    });
    await box.cutAll();
    if (good) await rm(folder, { recursive: true, force: true });
    else
      for (const large of ['disk.raw', 'fresh.raw', 'torn.raw', 'writes.log'])
        await rm(join(folder, large), { force: true });
    return good;
  } finally {
    await box.cutAll();
  }
}

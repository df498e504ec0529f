/** Programs from npm, with Node, on a few packages of Debian. */
import { chmod, copyFile, mkdir, open, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { npmSettings } from './config.ts';
import { hashFile } from './content-hash.ts';
import { errors } from './errors.ts';
import { type ImageDefaults, keyOf, type Plan, type Workshop } from './plan.ts';
import { mergeLayers } from './layers/merge.ts';
import { writeTar } from './layers/tar-writer.ts';
import { beneathRecipe } from './recipe.ts';
import { tarOf } from './rootfs.ts';
import { type DebianSource, debianSource, folderOf, type NpmSource } from './sources.ts';
import { toSquashfs } from './squash.ts';
import { pipeToFile, type Producer, run } from './tools.ts';

const cpus: Readonly<Record<string, string>> = { x86_64: 'x64', aarch64: 'arm64' };
/** What Node and most programs for it need of the system. */
const usualBase = debianSource.parse({ suite: 'bookworm', packages: ['ca-certificates', 'libstdc++6', 'tzdata'] });
const home = '/app';

/** @param baseOf makes the image of Debian packages below, or finds it made */
export async function npmPlan(
  source: NpmSource,
  workshop: Workshop,
  baseOf: (debian: DebianSource) => Promise<{ readonly squashfs: string }>,
): Promise<Plan> {
  const { folder, architecture, context } = workshop;
  const cpu = cpus[architecture];
  if (cpu === undefined) throw errors.architectureUnknown({ architecture });
  const debian = source.debian ?? usualBase;
  const lock = source.lock === undefined ? null : await beneathRecipe(folder, source.lock, architecture);
  const fixed = lock === null ? null : await hashFile(lock);
  return {
    key: keyOf('npm', architecture, source.npm, source.node, debian, fixed),
    async build(destination, work) {
      // Made once, whichever image asks first.
      const base = await baseOf(debian);
      const tree = join(work, 'tree');
      const app = join(tree, home.slice(1));
      await mkdir(app, { recursive: true });
      context.say(`Building image ${workshop.name}: Fetching from npm`);
      await putNode(source.node, cpu, tree, work, context.signal);
      if (lock === null) await writeFile(join(app, 'package.json'), '{ "private": true }\n');
      else {
        await copyFile(lock, join(app, 'package-lock.json'));
        await copyFile(
          await beneathRecipe(folder, `${folderOf(source.lock ?? '')}/package.json`),
          join(app, 'package.json'),
        );
      }
      await npm(lock === null ? ['install', '--save-exact', ...source.npm] : ['ci'], app, work, cpu, context.signal);
      // Where this machine gets its packages from is nobody's business elsewhere.
      for (const name of ['package-lock.json', 'node_modules/.package-lock.json'])
        await rm(join(app, name), { force: true });
      const below: Producer = {
        tool: 'sqfs2tar',
        args: ['--root-becomes', '.', base.squashfs],
        options: { package: 'squashfs-tools-ng', signal: context.signal },
      };
      await squashLayers([below, tarOf(tree, context.signal)], destination, work, workshop);
      return defaults;
    },
  };
}

const defaults: ImageDefaults = {
  workdir: home,
  env: {
    PATH: `${home}/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    NODE_ENV: 'production',
  },
};

/** As this machine's npm is set up, and without running anything of what it fetches. */
async function npm(
  words: readonly string[],
  cwd: string,
  work: string,
  cpu: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const quiet = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--omit=dev',
    '--loglevel=error',
    '--no-update-notifier',
    // Who builds on a box has no home.
    `--cache=${join(work, 'npm-cache')}`,
  ];
  const machine = ['--os=linux', `--cpu=${cpu}`, '--libc=glibc'];
  const env = { ...npmSettings, HOME: userInfo().homedir };
  await run('npm', [...words, ...quiet, ...machine], { package: 'npm', cwd, env, signal });
}

async function putNode(version: string, cpu: string, tree: string, work: string, signal: AbortSignal | undefined) {
  const fetched = join(work, 'node');
  await mkdir(fetched);
  await writeFile(join(fetched, 'package.json'), '{ "private": true }\n');
  await npm(['install', `node-linux-${cpu}@${version}`], fetched, work, cpu, signal);
  const target = join(tree, 'usr/local/bin/node');
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(fetched, `node_modules/node-linux-${cpu}/bin/node`), target);
  await chmod(target, 0o755);
}

/** Trees on top of each other, the lowest first. */
async function squashLayers(tars: readonly Producer[], destination: string, work: string, { context }: Workshop) {
  const opened = [];
  try {
    for (const [at, producer] of tars.entries()) {
      const file = join(work, `tree-${at}.tar`);
      await pipeToFile(producer, file);
      const handle = await open(file, 'r');
      opened.push({ handle, layer: { name: file, descriptor: handle.fd, size: (await stat(file)).size } });
    }
    await toSquashfs(writeTar(mergeLayers(opened.map(({ layer }) => layer))), destination, context);
  } finally {
    for (const { handle } of opened) await handle.close();
  }
}

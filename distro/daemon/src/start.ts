/** `npm start`: from a fresh machine to an address to open, then the parent of the two processes until it is ended. */
import { constants } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HearthError } from '@hearth/contract';
import { buildBase } from '@hearth/engine/base';
import { type Account, ensureAccount, ensureIdBlock } from './account.ts';
import { Checklist } from './checklist.ts';
import { forgetInstance, takeOver, writeInstance } from './instance.ts';
import { kernelEnvironment, kernelFlags } from './kernel-flags.ts';
import { help, type Options, readOptions, reference, type Request, Usage } from './options.ts';
import { installPackages, missingPackages, productPackages } from './packages.ts';
import { engineConfigFile, makeFolders, writeEngineConfig } from './prepare.ts';
import { checkPort } from './ports.ts';
import { checkKernel, checkMachine } from './preflight.ts';
import { Supervised } from './processes.ts';
import { waitForPage } from './ready.ts';
import { Refusal } from './refusal.ts';
import { ensureRelease, type Release, sweepReleases } from './release.ts';
import { version } from './version.ts';

const list = new Checklist(process.stderr);

try {
  const request = readOptions(process.argv.slice(2), process.env);
  if (request.kind === 'help') process.stdout.write(help);
  else if (request.kind === 'reference') process.stdout.write(reference());
  else if (request.kind === 'version') process.stdout.write(`${version}\n`);
  else await start(request);
} catch (error) {
  if (error instanceof Usage) {
    process.stderr.write(`hearth: ${error.message}; see npm start -- --help\n`);
    process.exitCode = 2;
  } else if (error instanceof Refusal || error instanceof HearthError || isSystemError(error)) {
    process.stderr.write(`hearth: ${error.message}\n`);
    process.exitCode = 1;
  } else throw error;
}

/** Of the machine, not of this program: a full disk, a folder that may not be written. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

type Run = Extract<Request, { kind: 'run' }>;

async function start(request: Run): Promise<void> {
  const { options } = request;
  await checkMachine();
  const missing = await missingPackages(productPackages);
  if (missing.length > 0)
    await list.step(`Installing Debian packages: ${missing.join(', ')}`, (tell) => installPackages(missing, tell));
  await list.step('Checking the kernel', () => checkKernel());
  await takeOver(options.data);
  const pidFiles = [join(options.data, 'proxy/nginx.pid')];
  await checkPort(options.port, '--port', pidFiles);
  await checkPort(options.httpPort, '--http-port', pidFiles);

  const account = await ensureAccount();
  const ids = options.ids ?? (await ensureIdBlock());
  await makeFolders(options, account);
  const release = await list.step('Building this release', (tell) =>
    ensureRelease(join(options.data, 'runtime'), tell),
  );
  const base = await list.step('Preparing the base system of service containers', (tell) =>
    buildBase({
      cacheFolder: options.cache,
      destination: join(options.data, 'base'),
      progress: ({ stage, bytes }) =>
        tell(`${stage === 'packages' ? 'Debian packages' : 'unpacking'}, ${Math.round(bytes / 1e6)} MB`),
    }),
  );
  await sweepReleases(join(options.data, 'runtime'), await releasesInUse(options, release));
  await writeEngineConfig(options, { account, ids, release: release.folder, base: base.path });
  await run(request, account, release);
}

/** Ends when told to by a signal; the services stay up. */
async function run(request: Run, account: Account, release: Release): Promise<void> {
  const { options } = request;
  const echo = options.verbose ? (line: string) => process.stderr.write(`${line}\n`) : null;
  const environment = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    HOME: join(options.data, 'kernel'),
  };
  const common = { command: join(release.folder, 'node'), cwd: '/', environment };
  const engine = new Supervised(
    {
      ...common,
      name: 'engine',
      args: [join(release.folder, 'engine.mjs'), engineConfigFile(options)],
      log: join(options.data, 'log/engine.log'),
    },
    echo,
  );
  const kernel = new Supervised(
    {
      ...common,
      name: 'kernel',
      args: [
        ...kernelFlags,
        join(release.folder, 'kernel.mjs'),
        ...request.flags,
        ...['--runtime', release.folder, '--plugins-marketplace-cache', options.cache],
      ],
      environment: {
        ...common.environment,
        ...kernelEnvironment(options.data, release.folder),
        ...request.environment,
      },
      ...account,
      log: join(options.data, 'log/kernel.log'),
    },
    echo,
  );
  const address = `https://localhost:${options.port}`;
  const remember = () =>
    writeInstance(options.data, {
      address,
      children: Object.fromEntries(
        [engine.pid, kernel.pid].flatMap((pid) => (pid === undefined ? [] : [[pid, release.folder]])),
      ),
    });
  let deaths = 0;
  let ending = false;
  for (const program of [engine, kernel]) {
    program.onDeath = (name, how) => {
      deaths += 1;
      if (!ending)
        list.say(`  ! The ${name} ended (${how}) and is started again; see ${join(options.data, `log/${name}.log`)}`);
      setTimeout(() => void remember(), 1000);
    };
  }
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  const stop = async () => {
    ending = true;
    await kernel.stop(15_000);
    await engine.stop(10_000);
    await forgetInstance(options.data);
  };
  await list
    .step('Starting', async () => {
      engine.start();
      kernel.start();
      await remember();
      const tooMany = () =>
        deaths > 3 ? `Hearth ended ${deaths} times while starting; see ${join(options.data, 'log')}` : null;
      await Promise.race([waitForPage(options.port, 60_000, tooMany), ended]);
    })
    .catch(async (error: unknown) => {
      await stop();
      throw new Refusal(
        `Hearth did not come up: ${error instanceof Error ? error.message : String(error)}; see ${join(options.data, 'log')}`,
      );
    });
  await greet(address, options);
  await ended;
  list.say('Ending Hearth; the services go on running (npm stop ends them too)');
  await stop();
}

async function greet(address: string, options: Options): Promise<void> {
  const code = await readSetupCode(options.run);
  list.say('');
  list.say(`  Hearth is ready: ${address}`);
  if (code !== null) {
    list.say('');
    list.say(`  Set it up there with this one-time code:  ${code}`);
    list.say('  The browser will warn once: the certificate is your own, and the first page explains how to trust it.');
  }
  list.say('');
}

/** The kernel wrote it, without root: a link in its place is not followed. */
async function readSetupCode(run: string): Promise<string | null> {
  try {
    const file = await open(join(run, 'kernel/setup-code'), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(64) });
      return buffer.toString('utf8', 0, bytesRead).replaceAll(/[^A-Za-z0-9-]/g, '') || null;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

/** Containers hold the release they were started with. */
async function releasesInUse(options: Options, release: Release): Promise<Set<string>> {
  const inUse = new Set([release.folder]);
  for (const name of await readdir(options.lxcPath).catch(() => [])) {
    if (!name.startsWith(options.containerPrefix)) continue;
    const config = await readFile(join(options.lxcPath, name, 'config'), 'utf8').catch(() => '');
    for (const [folder] of config.matchAll(new RegExp(`${options.data}/runtime/[0-9a-f]{16}`, 'g'))) inUse.add(folder);
  }
  return inUse;
}

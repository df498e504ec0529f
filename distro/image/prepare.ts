/**
 * What the units of the image call: makes folders and configuration at boot, shows the address on the console, and stops
 * the services in order at power-off. The image was set up when it was built: nothing is installed here.
 */
import { constants } from 'node:fs';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { usualBackupFolders } from '@hearth/contract';
import { ensureAccount, ensureIdBlock } from '../daemon/src/account.ts';
import type { Options } from '../daemon/src/options.ts';
import { makeFolders, writeEngineConfig } from '../daemon/src/prepare.ts';
import { get } from '../daemon/src/ready.ts';
import { attempt, run } from '../daemon/src/run.ts';

const options: Options = {
  data: '/var/lib/hearth',
  run: '/run/hearth',
  port: 443,
  httpPort: 80,
  bridge: 'hearth0',
  subnet: '10.0.3',
  lxcPath: '/var/lib/lxc',
  containerPrefix: 'hearth-',
  ids: null,
  cache: '/var/cache/hearth',
  backupFolders: usualBackupFolders,
  // The one setting that the image takes from the command line of the Linux kernel.
  deadlineScale: Number(process.env['HEARTH_DEADLINE_SCALE'] ?? 1),
  verbose: false,
};

/** Seconds within which power-off waits for the services; less than the unit's own limit. */
const stopBudget = 120;

const [mode] = process.argv.slice(2);
if (mode === '--console') await showAddress();
else if (mode === '--stop-services') await stopServices();
else {
  const account = await ensureAccount();
  await makeFolders(options, account);
  await writeEngineConfig(options, {
    account,
    ids: await ensureIdBlock(),
    release: '/usr/lib/hearth/release',
    base: await mountBase(),
  });
}

/** The root tree of the containers: a file system of its own, whose ids Linux 6.1 can map. Outlives the engine. */
async function mountBase(): Promise<string> {
  const path = join(options.run, 'base');
  await mkdir(path, { recursive: true, mode: 0o755 });
  if ((await attempt('mountpoint', ['--quiet', path])).code !== 0)
    await run('mount', ['-t', 'erofs', '-o', 'loop,ro,nodev', '/usr/lib/hearth/base.erofs', path]);
  return path;
}

/** Shows the address whenever what is to be shown has changed: another lease, the set-up done. */
async function showAddress(): Promise<never> {
  let shown = '';
  for (;;) {
    const text = await welcome().catch(() => shown);
    if (text !== shown) {
      process.stdout.write(text);
      // The console of the machine is the last one the kernel was told of; a screen may be there beside it.
      await writeFile('/dev/tty1', text).catch(() => undefined);
      shown = text;
    }
    await sleep(shown === '' ? 1000 : 15_000);
  }
}

async function welcome(): Promise<string> {
  if ((await get(options.port, '/')).status !== 200) throw new Error('The page is not there yet');
  const { setUp, hostname } = (await call('server.status', {})) as { setUp: boolean; hostname: string };
  const addresses = [`https://${hostname}.local`, ...ownAddresses().map((address) => `https://${address}`)];
  const code = setUp ? null : await setupCode();
  // An address that needs no name service is what a phone is most likely to reach. With a margin of one only, readers do
  // not find the picture on a black screen.
  const { stdout: picture } = await attempt('qrencode', ['-t', 'UTF8', '-m', '2', addresses[1] ?? addresses[0] ?? '']);
  return [
    '',
    '  Hearth is ready. Open in a browser on the same network:',
    '',
    ...addresses.map((address) => `    ${address}`),
    ...(code === null ? [] : ['', `  One-time code for the set-up:  ${code}`]),
    '',
    ...picture.split('\n').map((line) => (line === '' ? '' : `    ${line}`)),
  ].join('\n');
}

function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith(options.subnet))
    .map(({ address }) => address);
}

async function setupCode(): Promise<string | null> {
  try {
    const file = await open(join(options.run, 'kernel/setup-code'), constants.O_RDONLY | constants.O_NOFOLLOW);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(64) });
    await file.close();
    return buffer.toString('utf8', 0, bytesRead).replaceAll(/[^A-Za-z0-9-]/g, '') || null;
  } catch {
    return null;
  }
}

/** Dependants first, each service in its own time, all within the budget; what is left the power cut ends. */
async function stopServices(): Promise<void> {
  const told = await call('server.stop-services', { withinMs: stopBudget * 1000 }).catch((error: unknown) =>
    String(error),
  );
  process.stdout.write(`Services before power-off: ${JSON.stringify(told)}\n`);
}

/** One call as root, over the socket only root can open. */
function call(method: string, params: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const exchange = request(
      {
        socketPath: join(options.run, 'kernel/admin.sock'),
        path: '/rpc/v1',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const answer = JSON.parse(text) as { result?: unknown; error?: { message: string } };
          if (answer.error === undefined) resolve(answer.result);
          else reject(new Error(answer.error.message));
        });
      },
    );
    exchange.on('error', reject);
    exchange.end(body);
  });
}

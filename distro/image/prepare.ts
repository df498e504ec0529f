/**
 * What the units of the image call: makes folders and configuration at boot, shows the address on the console, and stops
 * the services in order at power-off. The image was set up when it was built: nothing is installed here.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureAccount, ensureIdBlock } from '../daemon/src/account.ts';
import type { Options } from '../daemon/src/options.ts';
import { makeFolders, writeEngineConfig } from '../daemon/src/prepare.ts';
import { get } from '../daemon/src/ready.ts';
import { attempt } from '../daemon/src/run.ts';

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
  verbose: false,
};

/** Seconds within which power-off waits for the services. */
const stopBudget = 140;

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
    base: '/usr/lib/hearth/base',
  });
}

async function showAddress(): Promise<void> {
  while ((await get(options.port, '/').catch(() => null))?.status !== 200) await sleep(1000);
  const state = (await call('setup.status', {})) as { setUp?: boolean };
  const server = (await call('server.status', {})) as { server?: { hostname?: string } };
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter(
      (address) =>
        address !== undefined &&
        address.family === 'IPv4' &&
        !address.internal &&
        !address.address.startsWith(`${options.subnet}.`),
    )
    .map((address) => `https://${address?.address ?? ''}`);
  const name = `https://${server.server?.hostname ?? 'hearth'}.local`;
  const code = state.setUp === true ? null : await setupCode();
  const { stdout: picture } = await attempt('qrencode', ['-t', 'ANSIUTF8', '-m', '1', addresses[0] ?? name]);
  process.stdout.write(
    [
      '',
      '  Hearth is ready. Open in a browser on the same network:',
      '',
      ...[name, ...addresses].map((address) => `    ${address}`),
      ...(code === null ? [] : ['', `  One-time code for the set-up:  ${code}`]),
      '',
      picture,
      '',
    ].join('\r\n'),
  );
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
  await Promise.race([call('server.stop-services', {}), sleep(stopBudget * 1000)]).catch((error: unknown) => {
    process.stderr.write(`The services could not be stopped in order: ${String(error)}\n`);
  });
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

/** `npm stop`: ends Hearth and every service, and takes bridge, firewall, proxy and mounts away. Data stays. */
import { spawn } from 'node:child_process';
import { readFile, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineConfig } from '@hearth/contract';
import { Checklist } from './checklist.ts';
import { launcherLives, readInstance, takeOver } from './instance.ts';
import { readOptions, Usage } from './options.ts';
import { engineConfigFile } from './prepare.ts';
import { Refusal } from './refusal.ts';

/** Milliseconds a service has to end before it is made to. */
const patience = 60_000;
const list = new Checklist(process.stderr);

try {
  const request = readOptions(process.argv.slice(2), process.env);
  if (request.kind === 'run') await stop(request.options);
  else
    process.stdout.write(
      'Ends Hearth and every service; data stays. Takes the options of npm start that say where Hearth is (--data, --run).\n',
    );
} catch (error) {
  if (!(error instanceof Usage) && !(error instanceof Refusal)) throw error;
  process.stderr.write(`hearth: ${error.message}\n`);
  process.exitCode = error instanceof Usage ? 2 : 1;
}

async function stop(options: Parameters<typeof engineConfigFile>[0]): Promise<void> {
  if (process.getuid?.() !== 0) throw new Refusal('Ending services needs root; run: sudo npm stop');
  const config = engineConfig.safeParse(
    JSON.parse(await readFile(engineConfigFile(options), 'utf8').catch(() => 'null')),
  );
  if (!config.success) throw new Refusal(`Nothing of Hearth is in ${options.data}`);
  const instance = await readInstance(options.data);
  if (instance !== null) {
    await list.step('Ending Hearth', async () => {
      try {
        if (await launcherLives(instance)) process.kill(instance.launcher, 'SIGTERM');
      } catch {
        // Gone already: takeOver ends what it left.
      }
      for (let waited = 0; waited < 30_000 && (await readInstance(options.data)) !== null; waited += 100) {
        await sleep(100);
        if (waited === 500) await takeOver(options.data).catch(() => undefined);
      }
    });
  }
  await list.step('Ending the services', () =>
    release(
      join(config.data.runtime, 'node'),
      join(config.data.runtime, 'engine.mjs'),
      engineConfigFile(options),
      options.run,
    ),
  );
}

/** An engine of our own for one verb: it knows what it made, whoever asked for it. */
async function release(node: string, bundle: string, config: string, run: string): Promise<void> {
  const socket = join(run, 'engine.sock');
  await unlink(socket).catch(() => undefined);
  const engine = spawn(node, [bundle, config], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let words = '';
  engine.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4000);
  });
  try {
    for (let waited = 0; !(await ask(socket)); waited += 50) {
      // It waits itself for what an engine that was killed had begun.
      if (waited > 90_000 || engine.exitCode !== null) throw new Refusal(`The engine did not start: ${words.trim()}`);
      await sleep(50);
    }
  } finally {
    engine.kill('SIGTERM');
  }
}

/** False while nobody listens. */
function ask(socket: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket);
    let text = '';
    connection.on('error', () => resolve(false));
    connection.on('connect', () =>
      connection.write(`${JSON.stringify({ id: 1, verb: 'host.release', input: { killAfterMs: patience } })}\n`),
    );
    connection.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const line of text.split('\n').slice(0, -1)) {
        const message = JSON.parse(line) as { id?: number; error?: { message: string } };
        if (message.id !== 1 || 'progress' in message) continue;
        connection.end();
        if (message.error === undefined) resolve(true);
        else reject(new Refusal(message.error.message));
      }
    });
  });
}

/** A real nginx on the configuration the plugin wrote, run the way the engine runs it: started once, then reloaded. */
import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { EngineClient } from '@hearth/contract';

const run = promisify(execFile);
/** nobody: nginx has no business with root here either. */
const user = 65534;

export interface TestProxy {
  readonly engine: EngineClient;
  /** Verbs in the order they were called. */
  readonly calls: { readonly verb: string; readonly input: any }[];
  stop(): Promise<void>;
}

export function realProxy(folder: string): TestProxy {
  const calls: { verb: string; input: any }[] = [];
  const configuration = join(folder, 'nginx.conf');
  const options = ['-p', folder, '-c', configuration, '-e', join(folder, 'start.log')];
  const pid = async (): Promise<number | null> => {
    const text = await readFile(join(folder, 'nginx.pid'), 'utf8').catch(() => '');
    return text === '' ? null : Number(text);
  };

  async function apply(): Promise<{ pid: number }> {
    await run('chown', ['-R', `${user}:${user}`, folder]);
    const as = { uid: user, gid: user };
    await run('nginx', [...options, '-t'], as);
    const running = await pid();
    if (running !== null) {
      process.kill(running, 'SIGHUP');
      // A reload is over when the new workers listen; the old ones finish what they have.
      await sleep(300);
      return { pid: running };
    }
    const child = spawn('nginx', options, { ...as, stdio: 'ignore' });
    await new Promise((resolve, reject) => {
      child.once('exit', (code) => (code === 0 ? resolve(null) : reject(new Error(`nginx ended with ${code}`))));
    });
    for (let tries = 0; tries < 50; tries += 1) {
      const started = await pid();
      if (started !== null) return { pid: started };
      await sleep(20);
    }
    throw new Error('nginx wrote no pid file');
  }

  const answers: Record<string, () => Promise<unknown>> = {
    'host.prepare': async () => ({ bridge: { name: 'hearth-none', address: '127.0.0.1' } }),
    'proxy.apply': apply,
    'bridge.apply': async () => ({}),
    'names.apply': async () => ({}),
  };
  return {
    calls,
    engine: {
      async call(verb: string, input: unknown) {
        calls.push({ verb, input: structuredClone(input) });
        const answer = answers[verb];
        if (answer === undefined) throw new Error(`${verb} is not expected here`);
        return answer() as never;
      },
      on: () => () => undefined,
    },
    async stop() {
      const running = await pid();
      if (running === null) return;
      process.kill(running, 'SIGTERM');
      for (let tries = 0; tries < 100 && (await pid()) !== null; tries += 1) await sleep(20);
    },
  };
}

/** crun, by its command line: cgroups by files, state on memory, everything about a process in a file only root reads. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestConfig } from '../serve/config.ts';
import { bundleOf, pausePath, type ProcessPlan, processOf } from './bundle.ts';
import { CommandError, run, runDetached } from './run.ts';
import { mkdirSync } from 'node:fs';
import { findUser } from './users.ts';

export class Crun {
  readonly #state: string;
  readonly #pause: string;

  constructor(config: GuestConfig) {
    this.#state = join(config.layout.state, 'crun');
    this.#pause = join(config.folder, 'pause');
    mkdirSync(this.#state, { recursive: true, mode: 0o700 });
  }

  arguments(...args: string[]): string[] {
    return ['--root', this.#state, '--cgroup-manager=cgroupfs', ...args];
  }

  /** Starts a subcontainer with nothing but a sleeping first process; answers its pid as this container counts. */
  async start(guid: string, root: string, folder: string): Promise<number> {
    const user = findUser('0', null, null);
    if (user === null) throw new Error('There is no root');
    this.writeBundle(guid, root, folder, { args: [pausePath], env: [], cwd: '/', user });
    const pidFile = join(folder, 'init.pid');
    const words = join(folder, 'crun.log');
    const args = this.arguments('run', '--detach', '--bundle', folder, '--pid-file', pidFile, guid);
    const code = await runDetached('crun', ['--log', words, ...args]);
    const pid = readPid(pidFile);
    if (code !== 0 || pid === null) throw new CommandError('crun', code, readText(words));
    return pid;
  }

  writeBundle(guid: string, root: string, folder: string, process: ProcessPlan): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const bundle = bundleOf({ root, guid, pause: this.#pause, process });
    writeFileSync(join(folder, 'config.json'), JSON.stringify(bundle), { mode: 0o600 });
  }

  writeProcess(file: string, process: ProcessPlan): void {
    writeFileSync(file, JSON.stringify(processOf(process)), { mode: 0o600 });
  }

  /** Kills whatever runs in it and forgets it. Nothing happens where nothing is. */
  async remove(guid: string, folder: string): Promise<void> {
    await run('crun', this.arguments('delete', '--force', guid)).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

export function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

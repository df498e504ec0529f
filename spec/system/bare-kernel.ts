/** The kernel of a box without its launcher, which would wait longer before each start: for tests that kill it often. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import type { Box } from './box.ts';
import { waited } from './small-services.ts';

interface Recipe {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly gid: number;
}

export class BareKernel {
  readonly #box: Box;
  readonly #recipe: Recipe;
  readonly #engine: ChildProcess;
  #kernel: ChildProcess;

  private constructor(box: Box, recipe: Recipe, engine: ChildProcess, kernel: ChildProcess) {
    this.#box = box;
    this.#recipe = recipe;
    this.#engine = engine;
    this.#kernel = kernel;
  }

  /** Kills the launcher of a running box, and goes on with engine and kernel alone. */
  static async takeOver(box: Box): Promise<BareKernel> {
    const ours = (): number[] => box.pids(`${box.config.data}/runtime/`).filter((pid) => isOwn(pid));
    const recipes = ours().map((pid) => ({ pid, recipe: recipeOf(pid) }));
    const of = (program: string): Recipe => {
      const found = recipes.find(({ recipe }) => recipe.args.some((argument) => argument.endsWith(program)));
      if (found === undefined) throw new Error(`No ${program} runs`);
      return found.recipe;
    };
    const [engine, kernel] = [of('engine.mjs'), of('kernel.mjs')];
    await box.end('SIGKILL');
    // Without their launcher both end, and leave the services.
    await waited(
      () => ours().length === 0,
      () => 'engine and kernel to end',
    );
    const bare = new BareKernel(box, kernel, run(engine), run(kernel));
    await bare.answers();
    return bare;
  }

  async kill(): Promise<void> {
    const kernel = this.#kernel;
    const gone = new Promise((resolve) => kernel.once('exit', resolve));
    kernel.kill('SIGKILL');
    await gone;
  }

  start(): void {
    this.#kernel = run(this.#recipe);
  }

  /** Until it takes calls. */
  async answers(): Promise<void> {
    await waited(
      async () => (await this.#box.call('server.status').catch(() => null)) !== null,
      () => 'the kernel to answer',
    );
  }

  /** Ends both; the box can be started again. */
  async close(): Promise<void> {
    for (const child of [this.#kernel, this.#engine]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
  }
}

/** Not of a container: those have the same programs. */
function isOwn(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes('lxc.payload');
  } catch {
    return false;
  }
}

function recipeOf(pid: number): Recipe {
  const list = (name: string): string[] => readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0').filter(Boolean);
  const [command = '', ...args] = list('cmdline');
  const env = list('environ').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  const { uid, gid } = statSync(`/proc/${pid}`);
  const channel = new Set(['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE']);
  return {
    command,
    args,
    cwd: readlinkSync(`/proc/${pid}/cwd`),
    env: Object.fromEntries(env.filter(([name]) => !channel.has(name))),
    uid,
    gid,
  };
}

function run({ command, args, cwd, env, uid, gid }: Recipe): ChildProcess {
  return spawn(command, args, { cwd, env: { ...env }, uid, gid, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
}

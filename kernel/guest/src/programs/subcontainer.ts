/**
 * One subcontainer: the root the host mounted, and what runs on it.
 *
 * Launching one without a command starts nothing yet: packages bind volumes after that, and crun shows a subcontainer
 * only what was there when it began. It begins with the first program.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Tell } from '../serve/sandbox.ts';
import { Child, type Outcome } from './child.ts';
import type { Crun } from './crun.ts';
import { readPid } from './crun.ts';
import { endFirstProcess, type FirstProcess, firstProcess } from './first-process.ts';
import type { ProcessPlan } from './bundle.ts';
import type { Mounts } from './mounts.ts';
import { onTerminal, resizeTerminal } from './terminal.ts';
import type { Pipes } from './pipes.ts';
import { plainEnvironment } from './run.ts';
import type { ChildProcess } from 'node:child_process';

export interface SubcontainerParts {
  readonly crun: Crun;
  readonly pipes: Pipes;
  readonly mounts: Mounts;
  /** Folder for bundle and process files, on memory. */
  readonly state: string;
  /** Where the roots are, as this process sees them. */
  readonly roots: string;
  readonly log: (source: string, text: string) => void;
}

/** What stands between a program and the guest. */
interface Wrapper {
  readonly file: string;
  readonly args: readonly string[];
}

/** Whoever stops a program mostly starts another: that goes first. */
const forgetAfterMs = 1000;
/** How long a program may take to appear before a signal for it goes to its wrapper. */
const appearMs = 2000;
const signalNumbers: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGTERM: 15,
};

export class Subcontainer {
  readonly guid: string;
  readonly image: string;
  readonly name: string;
  /** Of the script, when it was made: everything of `main` ends with it. */
  readonly context: string;
  readonly #parts: SubcontainerParts;
  readonly #folder: string;
  readonly #children = new Set<Child>();
  #started: Promise<number> | null = null;
  #first: FirstProcess | null = null;
  #emptied: Promise<void> = Promise.resolve();
  /** crun knows of what runs in it. */
  #known = false;
  /** To be done before something new can run in it: crun still knows of what ran before. */
  #forget: () => Promise<void> = () => Promise.resolve();
  #leader: ((outcome: Outcome) => void) | null = null;
  #nextProcess = 1;
  #gone = false;
  launched = false;

  constructor(identity: { guid: string; image: string; name: string; context: string }, parts: SubcontainerParts) {
    this.guid = identity.guid;
    this.image = identity.image;
    this.name = identity.name;
    this.context = identity.context;
    this.#parts = parts;
    this.#folder = join(parts.state, 'subcontainers', identity.guid);
  }

  get #root(): string {
    return join(this.#parts.roots, this.guid);
  }

  /** Its first process, as this container counts, once it runs. */
  async pid(): Promise<number | null> {
    return this.#started === null ? null : this.#started.catch(() => null);
  }

  /** A leader that is nothing but a promise: it lasts until it is told to end, and takes everything with it then. */
  launch(tell: Tell): { signal(name: NodeJS.Signals): void } {
    this.launched = true;
    tell('spawn');
    let over = false;
    this.#leader = (outcome) => {
      if (over) return;
      over = true;
      this.#leader = null;
      tell('exit', outcome, undefined, true);
    };
    return {
      signal: (name) => {
        if (!over) void this.collapse().then(() => this.#leader?.({ code: null, signal: name }));
      },
    };
  }

  /** The command becomes the first process. */
  async launchCommand(plan: ProcessPlan, stdio: readonly string[], tell: Tell): Promise<Child> {
    this.launched = true;
    await this.#free();
    const { crun } = this.#parts;
    this.#known = true;
    crun.writeBundle(this.guid, this.#root, this.#folder, plan);
    const pidFile = join(this.#folder, 'init.pid');
    rmSync(pidFile, { force: true });
    const args = crun.arguments('run', '--bundle', this.#folder, '--pid-file', pidFile, this.guid);
    const child = this.#child(wrapperOf(args, plan), pidFile, stdio, tell);
    this.#started = appeared(pidFile, child).then((pid) => this.#led(pid));
    void child.ended.then(() => this.collapse());
    return child;
  }

  async exec(plan: ProcessPlan, stdio: readonly string[], tell: Tell): Promise<Child> {
    await this.start();
    const { crun } = this.#parts;
    const number = this.#nextProcess++;
    const file = join(this.#folder, `process-${number}.json`);
    const pidFile = join(this.#folder, `process-${number}.pid`);
    crun.writeProcess(file, plan);
    const args = crun.arguments('exec', '--process', file, '--pid-file', pidFile, this.guid);
    const child = this.#child(wrapperOf(args, plan), pidFile, stdio, tell);
    void child.ended.then(() => {
      rmSync(file, { force: true });
      rmSync(pidFile, { force: true });
    });
    return child;
  }

  /** Once, whoever asks first; a failed start may be tried again. */
  start(): Promise<number> {
    this.#started ??= this.#beginOnce();
    return this.#started;
  }

  #beginOnce(): Promise<number> {
    const begun = this.#begin();
    begun.catch(() => {
      if (this.#started === begun) this.#started = null;
    });
    return begun;
  }

  async #begin(): Promise<number> {
    await this.#free();
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#known = true;
    return this.#led(await this.#parts.crun.start(this.guid, this.#root, this.#folder));
  }

  #led(pid: number): number {
    this.#first = firstProcess(pid);
    return pid;
  }

  /** For something new to run in it. Where the root is gone crun would make folders in its place. */
  async #free(): Promise<void> {
    await this.#emptied;
    await this.#forget();
    if (this.#gone) throw new Error(`Subcontainer "${this.name}" was destroyed`);
  }

  #child(wrapper: Wrapper, pidFile: string, stdio: readonly string[], tell: Tell): Child {
    let sent: NodeJS.Signals | null = null;
    let appearedOnce = false;
    const child = new Child(
      {
        ...wrapper,
        env: plainEnvironment,
        stdio,
        log: (text) => this.#parts.log(this.name, text),
        signal: (name, process) => {
          sent = name;
          void deliver(name, process, pidFile);
        },
        resize: async (size, process) => resizeTerminal([process.pid ?? null, await programOf(process, pidFile)], size),
        outcome: (code, signal) => {
          appearedOnce = readPid(pidFile) !== null;
          return outcomeOf(code, signal, sent, appearedOnce);
        },
      },
      this.#parts.pipes,
      tell,
    );
    this.#children.add(child);
    void child.ended.then(() => this.#children.delete(child));
    return child;
  }

  /** Ends everything in it at once. The root stays; it can be launched anew, which waits for this. */
  collapse(): Promise<void> {
    const started = this.#started;
    this.#started = null;
    this.#emptied = this.#empty(this.#emptied, started);
    return this.#emptied;
  }

  async #empty(before: Promise<void>, started: Promise<number> | null): Promise<void> {
    await before;
    await started?.catch(() => undefined);
    const first = this.#first;
    this.#first = null;
    const ended = first !== null && (await endFirstProcess(first));
    if (this.#known) await this.#unknow(ended);
    await Promise.all([...this.#children].map((child) => child.ended));
  }

  /** What crun has of it once all in it has ended, a cgroup and a file, keeps nobody waiting but the next to run in it. */
  async #unknow(ended: boolean): Promise<void> {
    this.#known = false;
    let removed: Promise<void> | null = null;
    const forget = (): Promise<void> => (removed ??= this.#parts.crun.remove(this.guid, this.#folder));
    this.#forget = forget;
    if (ended) setTimeout(() => void forget(), forgetAfterMs).unref();
    else await forget();
  }

  /** Before the host takes the root away. */
  async destroy(): Promise<void> {
    this.#gone = true;
    // Programs have a view of their own.
    await Promise.all([this.collapse(), this.#parts.mounts.unbindAll(this.#root)]);
    this.#leader?.({ code: null, signal: 'SIGKILL' });
  }

  /** In order and with patience: TERM to the programs, and what is left after that is killed. */
  async end(patienceMs: number): Promise<void> {
    for (const child of this.#children) child.signal('SIGTERM');
    const ended = Promise.all([...this.#children].map((child) => child.ended));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, patienceMs).unref())]);
    await this.collapse();
    this.#leader?.({ code: null, signal: 'SIGTERM' });
  }
}

async function appeared(pidFile: string, child: Child): Promise<number> {
  for (let waited = 0; waited < appearMs && child.running; waited += 5) {
    const pid = readPid(pidFile);
    if (pid !== null) return pid;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('The subcontainer did not start');
}

const wrapperOf = (args: readonly string[], { terminal = null }: ProcessPlan): Wrapper =>
  terminal === null ? { file: 'crun', args } : onTerminal(args, terminal);

/** Its pid, as soon as it is there; null where it is not in time, or will not be. */
async function programOf(wrapper: ChildProcess, pidFile: string): Promise<number | null> {
  for (let waited = 0; waited < appearMs && wrapper.exitCode === null && wrapper.signalCode === null; waited += 20) {
    const pid = readPid(pidFile);
    if (pid !== null) return pid;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return null;
}

/** To the program itself: killing its wrapper would leave it running. */
async function deliver(name: NodeJS.Signals, wrapper: ChildProcess, pidFile: string): Promise<void> {
  const pid = await programOf(wrapper, pidFile);
  try {
    if (pid === null) wrapper.kill(name);
    else process.kill(pid, name);
  } catch {
    // It ended meanwhile; its wrapper will say so.
  }
}

/** crun says 128 + n for a death by signal n, and 255 with no process at all for a program it could not start. */
function outcomeOf(
  code: number | null,
  signal: NodeJS.Signals | null,
  sent: NodeJS.Signals | null,
  ran: boolean,
): Outcome {
  if (!ran && code !== 0 && code !== null) return { code: sent === null ? 127 : null, signal: sent };
  const number = sent === null ? undefined : signalNumbers[sent];
  if (sent !== null && number !== undefined && code === 128 + number) return { code: null, signal: sent };
  return { code, signal };
}

/** Effects and a host that remember what was asked, and programs that end when a test says so. */
import type { Effects } from '../script/effects.ts';
import type { Host, OnText, Program } from '../node/host.ts';

export interface FakeProgram extends Program {
  readonly argv: readonly string[];
  readonly input: string | undefined;
  readonly say: OnText;
  finish(code: number | null, signal?: string | null): void;
  readonly signals: string[];
}

/** Programs that are told what to do when they start; unlisted ones end with 0 at once, daemons run until TERM. */
export type Behaviour = (program: FakeProgram) => void;

export class FakeMachine {
  readonly calls: [method: string, params: unknown][] = [];
  readonly programs: FakeProgram[] = [];
  readonly files = new Map<string, string>();
  readonly logs: string[] = [];
  dataVersion: string | null = null;
  webUp = false;
  behaviour: Behaviour = () => undefined;
  private readonly leaving: (() => void | Promise<void>)[] = [];

  named(method: string): unknown[] {
    return this.calls.filter(([name]) => name === method).map(([, params]) => params);
  }

  /** Programs run inside subcontainers whose command begins so. */
  inside(command: string): FakeProgram[] {
    return this.programs.filter(({ argv }) => argv.includes('exec') && argv.includes(command));
  }

  async leaveContext(): Promise<void> {
    await Promise.all(this.leaving.map(async (handler) => handler()));
  }

  readonly effects: Effects = this.makeEffects();
  readonly host: Host = this.makeHost();

  private makeEffects(): Effects {
    const ask =
      (method: string) =>
      (params?: unknown): Promise<null> => {
        this.calls.push([method, params]);
        return Promise.resolve(null);
      };
    let subcontainers = 0;
    return {
      onLeaveContext: (handler) => void this.leaving.push(handler),
      restart: ask('restart'),
      bind: ask('bind'),
      clearBindings: ask('clearBindings'),
      exportServiceInterface: ask('exportServiceInterface'),
      clearServiceInterfaces: ask('clearServiceInterfaces'),
      setDependencies: ask('setDependencies'),
      setHealth: ask('setHealth'),
      getDataVersion: () => Promise.resolve(this.dataVersion),
      setDataVersion: async (params) => {
        this.dataVersion = params.version;
        return ask('setDataVersion')(params);
      },
      action: {
        export: ask('action.export'),
        clear: ask('action.clear'),
        createTask: ask('action.createTask'),
        clearTasks: ask('action.clearTasks'),
      },
      subcontainer: {
        createFs: async (params) => {
          await ask('subcontainer.createFs')(params);
          const guid = `guid-${++subcontainers}`;
          this.files.set(`/sub/${guid}/proc/1`, '');
          return [`/sub/${guid}`, guid];
        },
        destroyFs: ask('subcontainer.destroyFs'),
      },
    };
  }

  private makeHost(): Host {
    return {
      start: (argv, options = {}) => this.startProgram(argv, options),
      files: {
        read: (path) => Promise.resolve(this.files.get(path) ?? null),
        write: (path, text) => Promise.resolve(void this.files.set(path, text)),
        remove: (path) => Promise.resolve(void this.files.delete(path)),
        makeFolder: () => Promise.resolve(),
        exists: (path) => Promise.resolve(this.files.has(path)),
        copy: () => Promise.reject(new Error('read-only')),
      },
      fetch: () => (this.webUp ? Promise.resolve({ status: 401 }) : Promise.reject(new Error('refused'))),
      // A thousandth of the time, so that pauses and deadlines pass, in their order.
      sleep: (milliseconds, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted === true) return resolve();
          const timer = setTimeout(resolve, milliseconds / 1000);
          signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
          });
        }),
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      log: (text) => void this.logs.push(text),
    };
  }

  private startProgram(argv: readonly string[], options: { onText?: OnText; input?: string }): FakeProgram {
    let finish: FakeProgram['finish'] = () => undefined;
    const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      finish = (code, signal = null) => resolve({ code, signal });
    });
    const signals: string[] = [];
    const program: FakeProgram = {
      argv,
      input: options.input,
      say: options.onText ?? (() => undefined),
      exited,
      signals,
      finish,
      kill: (signal) => {
        signals.push(signal);
        if (signal === 'SIGKILL' || !argv.includes('stubborn')) finish(null, signal);
      },
    };
    this.programs.push(program);
    this.behaviour(program);
    const lasts = argv.includes('launch') || (argv.includes('exec') && argv.some((word) => word.startsWith('daemon-')));
    if (!lasts) finish(0);
    return program;
  }
}

/** Waits until something is true; for loops that run by themselves. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`never happened: ${what}`);
}

/** Effects and a host that remember what was asked, and programs that end when a test says so. */
import type { ActionResult, Effects, HostInfo, Smtp } from '../script/effects.ts';
import type { Host, OnText, Program } from '../node/host.ts';

export interface FakeProgram extends Program {
  readonly argv: readonly string[];
  readonly input: string | undefined;
  readonly say: OnText;
  finish(code: number | null, signal?: string | null): void;
  readonly signals: string[];
  /** It has come to its end. */
  readonly ended: boolean;
}

/** Programs that are told what to do when they start; unlisted ones end with 0 at once, daemons run until TERM. */
export type Behaviour = (program: FakeProgram) => void;

export class FakeMachine {
  readonly calls: [method: string, params: unknown][] = [];
  readonly programs: FakeProgram[] = [];
  readonly files = new Map<string, string>();
  /** Of files that were written with one. */
  readonly modes = new Map<string, number>();
  readonly logs: string[] = [];
  dataVersion: string | null = null;
  webUp = false;
  behaviour: Behaviour = () => undefined;
  /** What the host tells of bindings, by host id, which is the id of the interface. */
  readonly hosts = new Map<string, HostInfo>();
  smtp: Smtp | null = null;
  /** What `getStatus` answers, for whichever package. */
  status: unknown = null;
  /** Answers of other packages' actions, by id. */
  readonly actionAnswers = new Map<string, () => ActionResult | null>();
  private readonly leaving: (() => void | Promise<void>)[] = [];
  private readonly children = new Map<string, (() => void | Promise<void>)[]>();
  private readonly following = new Map<string, (() => void)[]>();
  private readonly watching = new Set<(path: string) => void>();

  /** What was asked for under this name is another now: whoever follows it is told. */
  changed(what: 'host' | 'status' | 'smtp'): void {
    for (const told of this.following.get(what)?.splice(0) ?? []) told();
  }

  /** Whether anybody waits for that. */
  follows(what: 'host' | 'status' | 'smtp'): boolean {
    return (this.following.get(what) ?? []).length > 0;
  }

  /** How many folders are watched now. */
  get watched(): number {
    return this.watching.size;
  }

  /** The kernel's table of listening ports: while the service is up, all that it told of. */
  private portTable(path: string): string | null {
    const [, table, six] = /^\/proc\/net\/(tcp|udp)(6?)$/.exec(path) ?? [];
    if (table === undefined || six === '6' || !this.webUp) return null;
    const ports = (this.named('bind') as { internalPort: number }[]).map(({ internalPort }) => internalPort);
    const state = table === 'tcp' ? '0A' : '07';
    const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
    return ports.map((port, at) => `   ${at}: 00000000:${hex(port)} 00000000:0000 ${state} 0\n`).join('');
  }

  /** As a program of the service would. */
  write(path: string, text: string): void {
    this.files.set(path, text);
    for (const told of this.watching) told(path);
  }

  private follow<T>(what: string, callback: (() => void) | undefined, read: () => T): T {
    if (callback !== undefined) this.following.set(what, [...(this.following.get(what) ?? []), callback]);
    return read();
  }

  private async *watch(folder: string, signal: AbortSignal): AsyncGenerator<string | null, void, void> {
    const names: string[] = [];
    let wake: () => void = () => undefined;
    const told = (path: string): void => {
      const within = folder === '/' ? '/' : `${folder}/`;
      if (path.startsWith(within)) names.push(path.slice(within.length).split('/')[0] ?? '');
      wake();
    };
    this.watching.add(told);
    signal.addEventListener('abort', () => wake());
    try {
      while (!signal.aborted) {
        const name = names.shift();
        if (name === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else yield name;
      }
    } finally {
      this.watching.delete(told);
    }
  }

  named(method: string): unknown[] {
    return this.calls.filter(([name]) => name === method).map(([, params]) => params);
  }

  /** Programs run inside subcontainers whose command begins so. */
  inside(command: string): FakeProgram[] {
    return this.programs.filter(({ argv }) => argv.includes('exec') && argv.includes(command));
  }

  async leaveContext(): Promise<void> {
    const inner = [...this.children.values()].flat();
    await Promise.all([...inner, ...this.leaving].map(async (handler) => handler()));
  }

  /** Effects of a part; the part of that name before it is left. */
  private child(name: string): Effects {
    for (const handler of this.children.get(name) ?? []) void handler();
    const handlers: (() => void | Promise<void>)[] = [];
    this.children.set(name, handlers);
    return { ...this.effects, constRetry: undefined, onLeaveContext: (handler) => void handlers.push(handler) };
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
      shutdown: ask('shutdown'),
      child: (name) => this.child(name),
      getHostInfo: async (params) => {
        this.calls.push(['getHostInfo', params]);
        return this.follow('host', params.callback, () => this.hosts.get(params.hostId) ?? null);
      },
      getStatus: async (params) => this.follow('status', params.callback, () => this.status),
      getSystemSmtp: async (params) => this.follow('smtp', params.callback, () => this.smtp),
      checkDependencies: () => Promise.resolve([]),
      mount: ask('mount'),
      notification: { create: ask('notification.create') },
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
        run: async (params) => {
          await ask('action.run')(params);
          return this.actionAnswers.get(params.actionId)?.() ?? null;
        },
        createTask: ask('action.createTask'),
        clearTasks: ask('action.clearTasks'),
      },
      plugin: {
        url: {
          register: ask('plugin.url.register'),
          exportUrl: ask('plugin.url.exportUrl'),
          clearUrls: ask('plugin.url.clearUrls'),
        },
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
      start: (argv, options = {}) => this.start(argv, options),
      files: {
        read: (path) => Promise.resolve(this.files.get(path) ?? this.portTable(path)),
        write: (path, text, mode) => {
          if (mode !== undefined) this.modes.set(path, mode);
          return Promise.resolve(this.write(path, text));
        },
        remove: (path) => Promise.resolve(void this.files.delete(path)),
        makeFolder: () => Promise.resolve(),
        exists: (path) =>
          Promise.resolve(this.files.has(path) || [...this.files.keys()].some((name) => name.startsWith(`${path}/`))),
        watch: (folder, signal) => this.watch(folder, signal),
        copy: () => Promise.reject(new Error('read-only')),
      },
      fetch: () => this.fetch(),
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
      language: '',
    };
  }

  /** Web servers answer 401 when they are up. */
  readonly fetch = (): Promise<Response> =>
    this.webUp ? Promise.resolve(new Response('', { status: 401 })) : Promise.reject(new Error('refused'));

  /** Who is not waited for runs until it is told to end; who is attended ends with 0 at once, unless `behaviour` said otherwise. */
  start(
    argv: readonly string[],
    options: { readonly onText?: OnText; readonly input?: string; readonly attended?: boolean } = {},
  ): FakeProgram {
    let finish: FakeProgram['finish'] = () => undefined;
    let ended = false;
    const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      finish = (code, signal = null) => {
        ended = true;
        resolve({ code, signal });
      };
    });
    const signals: string[] = [];
    const program: FakeProgram = {
      argv,
      get ended() {
        return ended;
      },
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
    const daemon = options.attended === false || argv.some((word) => word.startsWith('daemon-'));
    if (!(argv.includes('launch') || (argv.includes('exec') && daemon))) finish(0);
    return program;
  }
}

/** Waits until something is true; for loops that run by themselves. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  // A machine that has much to do may take its time; what happens at all happens long before.
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`never happened: ${what}`);
}

/** What a plugin sees of Hearth. Every call goes to the kernel, which looks whether the owner granted it. */
import type {
  BlobInfo,
  BlobType,
  CapabilityName,
  ConfinedCaller,
  ConfinedInput,
  ConfinedOutput,
  PublicService,
} from '@hearth/contract';

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or base64 where it was asked for. */
  readonly body: string;
  /** The body as JSON. Throws where it is none. */
  json<T = unknown>(): T;
}

export interface Request {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly binary?: boolean;
}

export interface Hearth<State = Record<string, unknown>> {
  readonly plugin: { readonly id: string; readonly version: string };
  /** Whether the owner granted it: the optional ones may be missing. */
  granted(capability: CapabilityName): boolean;
  /** What everyone who is signed in sees. Capability `state`. */
  readonly state: {
    read(): State;
    /** Changes the draft; kept, checked and shown when it resolves. */
    change(change: (draft: State) => void): Promise<void>;
  };
  /** Data of its own, that nobody else sees. Capability `storage`. */
  readonly storage: {
    get<T = unknown>(key: string): Promise<T | null>;
    set(key: string, value: unknown): Promise<void>;
    delete(key: string): Promise<void>;
    keys(): Promise<readonly string[]>;
  };
  /** Calls `timers.<name>` of the plugin. Capability `timers`. */
  readonly timers: {
    every(name: string, seconds: number): Promise<void>;
    once(name: string, seconds: number): Promise<void>;
    clear(name: string): Promise<void>;
  };
  /** Runs `jobs.<name>` of the plugin. Capability `jobs`. */
  readonly jobs: { start(name: string, input?: unknown): Promise<{ readonly job: string }> };
  /** Capability `notifications`. */
  notify(notice: {
    readonly level?: 'success' | 'info' | 'warning' | 'error';
    readonly title: string;
    readonly message?: string;
  }): Promise<void>;
  /** Capability `health`. */
  readonly health: {
    report(check: {
      readonly id: string;
      readonly name: string;
      readonly result: 'success' | 'failure' | 'starting' | 'disabled';
      readonly message?: string;
    }): Promise<void>;
    clear(id: string): Promise<void>;
  };
  /** Capability `server.read`. */
  readonly server: { read(): Promise<ConfinedOutput<'server.read'>> };
  readonly services: {
    /** Those that were granted. Capability `services.read`. */
    list(): Promise<readonly PublicService[]>;
    /** Null for one that is not installed. */
    read(id: string): Promise<PublicService | null>;
    /** Capability `services.addresses`. */
    addresses(id: string): Promise<ConfinedOutput<'services.addresses'>>;
    /**
     * All addresses you give to interfaces of services: told anew each time, what is not among them any more goes. They
     * stand in the lists of people and packages while the plugin runs. Capability `services.give-addresses`.
     */
    giveAddresses(addresses: ConfinedInput<'services.giveAddresses'>['addresses']): Promise<void>;
    /** Capability `services.control`, as are the next two. */
    start(id: string): Promise<void>;
    stop(id: string): Promise<void>;
    restart(id: string): Promise<void>;
  };
  /** Announces one of the events of the manifest. Capability `events.emit`. */
  emit(name: string, value: Readonly<Record<string, unknown>>): Promise<void>;
  /** Only hosts that were granted. Capability `network.fetch`. */
  fetch(url: string, request?: Request): Promise<Answer>;
  readonly log: Readonly<Record<'debug' | 'info' | 'warn' | 'error', (message: string) => void>>;
}

export interface Run<State> {
  readonly hearth: Hearth<State>;
}

export interface MethodRun<State> extends Run<State> {
  readonly caller: ConfinedCaller;
}

export interface JobRun<State> extends Run<State> {
  readonly job: string;
  /** Turns true when somebody cancels it; then end soon. */
  readonly cancelled: () => boolean;
  progress(done: number, total: number | null, say?: string): Promise<void>;
}

export interface BlobRequest {
  readonly method?: ConfinedInput<'backup.fetch'>['method'];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * `send`: the blob that is to be written is the body. `receive`: the body of the answer, if its status is 200 or 206, is
   * the blob that is to be read. Either way its bytes do not come by here.
   */
  readonly blob?: 'send' | 'receive';
}

export interface TargetRun<State> extends Run<State> {
  /** What was filled into the form of the manifest; what was left empty is null. */
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
  /** Only hosts that were granted, and addresses that were entered. Redirects are answered, not followed. */
  fetch(url: string, request?: BlobRequest): Promise<Answer>;
}

export interface BlobAsked {
  readonly type: BlobType;
  /** 64 hexadecimal digits; `config` of type `config`. */
  readonly name: string;
}

/** A kind of place for backups. What it throws is told to the owner. Several calls are under way at the same time. */
export interface Target<State = Record<string, unknown>> {
  /** Before each use: look whether the place can be used with these settings, make folders. */
  open?(run: TargetRun<State>): void | Promise<void>;
  /** All blobs of a type, in parts: what is answered as `next` comes back as `page`. At most 5,000 at once. */
  list(
    asked: { readonly type: BlobType; readonly page: string | null },
    run: TargetRun<State>,
  ): Promise<{ readonly blobs: readonly BlobInfo[]; readonly next?: string | null }>;
  /** Bytes; null where there is no such blob. */
  size(asked: BlobAsked, run: TargetRun<State>): Promise<number | null>;
  /** Fetches the blob, or `length` bytes from `offset` (all that follow where it is null); false where there is none. */
  read(
    asked: BlobAsked & { readonly offset: number; readonly length: number | null },
    run: TargetRun<State>,
  ): Promise<boolean>;
  /** Sends the blob. Done when it is kept for good; half of one must not be seen. */
  write(asked: BlobAsked & { readonly size: number }, run: TargetRun<State>): Promise<void>;
  /** It may be gone already. */
  remove(asked: BlobAsked, run: TargetRun<State>): Promise<void>;
}

/** A plugin is what it does when something happens. Everything may be left out. */
export interface Plugin<State = Record<string, unknown>> {
  /** Once, when it comes up; what is called meanwhile waits. */
  start?(run: Run<State>): void | Promise<void>;
  /** By name, as in the manifest: commands people and the panel call. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- checked by the shape in the manifest before it gets here
  readonly methods?: Readonly<Record<string, (input: any, run: MethodRun<State>) => unknown>>;
  /** By name, as in the manifest: long work. A crash begins it anew. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever `jobs.start` was given
  readonly jobs?: Readonly<Record<string, (input: any, run: JobRun<State>) => unknown>>;
  /** By name, as in the manifest: kinds of places for backups. */
  readonly targets?: Readonly<Record<string, Target<State>>>;
  /** By name, as given to `hearth.timers`. */
  readonly timers?: Readonly<Record<string, (run: Run<State>) => unknown>>;
  /** By name, as in the capability `events.listen`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each event has its own value
  readonly events?: Readonly<Record<string, (value: any, run: Run<State>) => unknown>>;
}

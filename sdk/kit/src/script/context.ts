/** What hooks and actions get: the effects, what the definition names, and programs of an image when they need one. */
import type { ConfigFile } from '../files/config-file.ts';
import { configHandle, type ConfigHandle } from '../files/handle.ts';
import type { Host } from '../node/host.ts';
import { type Address, addresses } from './addresses.ts';
import { type DependencyHandle, dependencyHandle } from './dependency-handle.ts';
import type { Effects, Smtp } from './effects.ts';
import { password } from './password.ts';
import { callbackOf, type Follower, type Reactive, reactive } from './reactive.ts';
import { type Secret, secretHandle, type SecretHandle } from './secrets.ts';
import { type SignOn, type SignOnClient, signOnClient } from './sign-on.ts';
import { type ExecOptions, type MountOptions, Subcontainer, volumeMounts } from './subcontainer.ts';
import { type VolumeFiles, volumeFiles } from './volume-files.ts';

/** What a definition names besides volumes and images. */
export interface Extras {
  readonly interfaces: string;
  /** What each configuration file holds. */
  readonly files: object;
  readonly secrets: string;
  readonly dependencies: string;
  readonly actions: string;
}

/** Nothing besides. Whatever has more fits as well. */
export interface NoExtras {
  readonly interfaces: never;
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- no file at all, which any table of files is too
  readonly files: {};
  readonly secrets: never;
  readonly dependencies: never;
  readonly actions: never;
}

/** Where volumes appear inside a subcontainer: a path, or more to say, or several places. */
export type Mounts<V extends string> = {
  readonly [volume in V]?: string | MountOptions | readonly MountOptions[];
};

/** `V` are the volumes, `I` the images, `X` what else the definition names. */
export interface Context<V extends string, I extends string, X extends Extras = NoExtras> {
  /** The host's own words, for what the kit has none for. */
  readonly effects: Effects;
  readonly volumes: { readonly [volume in V]: VolumeFiles };
  readonly files: { readonly [name in keyof X['files']]: ConfigHandle<X['files'][name]> };
  readonly secrets: { readonly [id in X['secrets']]: SecretHandle };
  readonly interfaces: { readonly [id in X['interfaces']]: { readonly addresses: Reactive<readonly Address[]> } };
  readonly dependencies: { readonly [id in X['dependencies']]: DependencyHandle };
  /** What the program needs to ask the provider of `signOn`; throws where the definition has none. */
  readonly signOn: () => Promise<SignOnClient>;
  /** The mail server the owner set up for all services; null where there is none. */
  readonly smtp: Reactive<Smtp | null>;
  /** A fresh subcontainer for as long as `work` takes. */
  readonly within: <T>(image: I, mounts: Mounts<V>, work: (subcontainer: Subcontainer) => Promise<T>) => Promise<T>;
  /** Runs one program of an image to its end, 30 s at most; it must succeed. @returns what it printed */
  readonly run: (image: I, mounts: Mounts<V>, argv: readonly string[], options?: ExecOptions) => Promise<string>;
  /** HTTP to the service itself, or wherever it may go. */
  readonly fetch: typeof fetch;
  /** A password: letters and digits without look-alikes. 24 of them hold 139 bits. */
  readonly password: (length?: number) => string;
  /** Asks the owner to run an action of this package; asked again, it is the same task. */
  readonly ask: (action: X['actions'], task: Task) => Promise<void>;
  /** Takes back what was asked. */
  readonly unask: (action: X['actions']) => Promise<void>;
  /** Tells the owner something they should know; `details` is Markdown. */
  readonly notify: (
    level: 'success' | 'info' | 'warning' | 'error',
    title: string,
    message: string,
    details?: string,
  ) => Promise<void>;
  /** Restarts the service, if it runs. */
  readonly restart: () => Promise<void>;
}

/** How urgent something is, and why. A `critical` task keeps the service from starting. */
export interface Task {
  readonly severity: 'optional' | 'important' | 'critical';
  readonly reason: string;
}

/** The parts of a definition that a context is made of. */
export interface Parts {
  readonly id: string;
  readonly volumes: readonly string[];
  readonly files: Readonly<Record<string, ConfigFile<string, unknown>>>;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly interfaces: readonly string[];
  readonly dependencies: readonly string[];
  readonly signOn: SignOn<string, string> | undefined;
}

/** Of which nothing is known but that it is one. */
export type AnyContext = Context<string, string, Extras>;

export function makeContext(effects: Effects, host: Host, parts: Parts): AnyContext {
  const within: AnyContext['within'] = async (image, mounts, work) => {
    const subcontainer = await Subcontainer.create(effects, host, image, 'task', volumeMounts(mounts));
    try {
      return await work(subcontainer);
    } finally {
      await subcontainer.destroy();
    }
  };
  const smtp = (follower: Follower | null) => effects.getSystemSmtp(callbackOf(follower));
  const { id: packageId, signOn } = parts;
  const context: AnyContext = {
    effects,
    volumes: byName(parts.volumes, (volume) => volumeFiles(host, volume)),
    files: mapped(parts.files, (file) => configHandle(effects, host, file)),
    secrets: Object.fromEntries(
      Object.entries(parts.secrets).map(([id, secret]) => [id, secretHandle(effects, host, id, secret)]),
    ),
    interfaces: byName(parts.interfaces, (id) => ({ addresses: addresses(effects, host, id) })),
    dependencies: byName(parts.dependencies, (id) => dependencyHandle(effects, host, id)),
    smtp: reactive(effects, smtp, host.log),
    signOn: () => signOnClient(context, packageId, signOn),
    within,
    run: (image, mounts, argv, options) => within(image, mounts, (subcontainer) => subcontainer.run(argv, options)),
    fetch: (...request) => fetch(...request),
    password: (length) => password(host, length),
    async ask(actionId, task) {
      await effects.action.createTask({ replayId: actionId, packageId, actionId, ...task });
    },
    async unask(actionId) {
      await effects.action.clearTasks({ only: [actionId] });
    },
    async notify(level, title, message, details) {
      await effects.notification.create({ level, title, message, data: details ?? null });
    },
    async restart() {
      await effects.restart();
    },
  };
  return context;
}

function byName<T>(names: readonly string[], make: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

function mapped<T, U>(table: Readonly<Record<string, T>>, make: (item: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(table).map(([name, item]) => [name, make(item)]));
}

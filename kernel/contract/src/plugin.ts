/**
 * A plugin is a frozen value that declares; the kernel acts.
 *
 * Declarations are listed, ordered, refused and shown before any code of the plugin runs. `setup` only builds: no I/O.
 * Then, in waves by need: `start` (acquire), `ready` (everyone is started), and `stop` in reverse.
 */
import type { z } from 'zod';
import type { Events } from './events.ts';
import type { AnyMethod, CallContext } from './method.ts';
import type { RefMap, Resolved, ServiceRef } from './refs.ts';
import type { Migrations, Slice } from './state.ts';

export interface Log {
  error(data: object, message: string): void;
  warn(data: object, message: string): void;
  info(data: object, message: string): void;
  debug(data: object, message: string): void;
  child(data: object): Log;
}

export interface StateDeclaration<S> {
  readonly schema: z.ZodType<S>;
  readonly initial: S;
  readonly volatile?: boolean;
  /** As in `SliceDefinition`. */
  readonly version?: number;
  readonly migrations?: Migrations;
}

export interface PluginScope<Config, State, Secret> {
  readonly id: string;
  readonly log: Log;
  /** This plugin's branch of the configuration, validated and frozen. */
  readonly config: Readonly<Config>;
  /** The public slice, replicated to every client of the owner. */
  readonly state: Slice<State>;
  /** The private slice: keys, hashes, passwords. Never leaves the kernel. */
  readonly secret: Slice<Secret>;
  readonly events: Events;
  /** A folder of this plugin's own beneath the data folder; exists, mode 0700. */
  readonly folder: string;
  /** Where things live on this machine. */
  readonly places: Places;
  /** Undone in reverse when the plugin stops, also after half a start. */
  onStop(what: string, undo: () => void | Promise<void>): void;
}

export interface Places {
  /** The data folder: `/var/lib/hearth`. */
  readonly data: string;
  /** Sockets and other things that do not outlive a boot: `/run/hearth`. */
  readonly run: string;
  /** Downloads and other half-made things; swept at boot. On the same file system as `data`. */
  readonly staging: string;
  /** The running release, read-only: `node`, `hearth.mjs` (the command line), `catalog/`, `ui/`. */
  readonly runtime: string;
  /** The port of the web interface (TLS) and of the redirect to it. */
  readonly httpsPort: number;
  readonly httpPort: number;
  /** The kernel's own HTTP socket, for the reverse proxy. */
  readonly kernelSocket: string;
}

/** A plain HTTP resource of a plugin: the root certificate, an icon. Never an API: methods are. */
export interface Route {
  /** Absolute, without parameters: `/ca.crt`. */
  readonly path: string;
  readonly allow: 'anyone' | 'viewer' | 'admin' | 'owner';
  /** Also served over plain HTTP (the certificate must be). */
  readonly plainHttp?: boolean;
  handle(query: URLSearchParams, context: CallContext): Promise<RouteAnswer> | RouteAnswer;
}

export interface RouteAnswer {
  readonly type: string;
  readonly body: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PluginInstance<P> {
  readonly service?: P;
  readonly methods?: readonly AnyMethod[];
  readonly routes?: readonly Route[];
  /** What I require is started. */
  start?(signal: AbortSignal): Promise<void>;
  /** Everyone is started; I may call others. */
  ready?(signal: AbortSignal): Promise<void>;
  /** Release; called even after half a start. */
  stop?(signal: AbortSignal): Promise<void>;
}

export interface PluginDeclaration<
  R extends RefMap = RefMap,
  Config = unknown,
  State = unknown,
  Secret = unknown,
  P = unknown,
> {
  readonly id: string;
  readonly version: string;
  /** One sentence for the owner: what this plugin is for. */
  readonly about: string;
  readonly requires: R;
  readonly provides?: ServiceRef<P>;
  readonly config?: z.ZodType<Config>;
  readonly state?: StateDeclaration<State>;
  readonly secret?: StateDeclaration<Secret>;
  /** A failure fails the boot. */
  readonly essential?: boolean;
  /** Milliseconds: start 10,000, ready 10,000, stop 5,000 unless told. */
  readonly deadlines?: { readonly startMs?: number; readonly readyMs?: number; readonly stopMs?: number };
  /** Builds: synchronous, no I/O. */
  setup(needs: Resolved<R>, scope: PluginScope<Config, State, Secret>): PluginInstance<P>;
}

export function definePlugin<R extends RefMap, Config, State, Secret, P>(
  declaration: PluginDeclaration<R, Config, State, Secret, P>,
): PluginDeclaration<R, Config, State, Secret, P> {
  return Object.freeze(declaration);
}

/** A declaration whose types are no longer known; what the kernel keeps. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- variance of `setup`: definePlugin has checked the whole
export type AnyPlugin = PluginDeclaration<any, any, any, any, any>;

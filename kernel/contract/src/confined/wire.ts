/**
 * Between the kernel and the process of a confined plugin: JSON documents, each after its length in four bytes (big
 * endian), on standard input and output. The kernel believes nothing that comes.
 */
import { z } from 'zod';

export const confinedFailure = z.object({ code: z.string().max(200), message: z.string().max(2000) });
export type ConfinedFailure = z.infer<typeof confinedFailure>;

/** Who called, as far as a plugin needs to know it. */
export interface ConfinedCaller {
  readonly kind: 'user' | 'root';
  readonly role: 'owner' | 'admin' | 'viewer';
}

export type KernelFrame =
  /** First and once. `memory` in MiB of V8's heap. */
  | { readonly do: 'load'; readonly script: string; readonly memory: number; readonly start: StartFrame }
  | {
      readonly do: 'method';
      readonly id: number;
      readonly name: string;
      readonly input: unknown;
      readonly caller: ConfinedCaller;
    }
  | { readonly do: 'job'; readonly id: number; readonly name: string; readonly input: unknown; readonly job: string }
  | TargetFrame
  | { readonly do: 'cancel'; readonly id: number }
  | { readonly do: 'event'; readonly name: string; readonly value: unknown }
  | { readonly do: 'timer'; readonly name: string }
  | { readonly do: 'ping'; readonly id: number }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly error: ConfinedFailure };

/** One operation on a place for backups. */
export interface TargetFrame {
  readonly do: 'target';
  readonly id: number;
  /** Of the manifest. */
  readonly name: string;
  readonly step: 'open' | 'list' | 'size' | 'read' | 'write' | 'remove';
  /** Names it in `backup.fetch`. */
  readonly operation: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly input: unknown;
}

export interface StartFrame {
  readonly plugin: string;
  readonly version: string;
  /** Null where it declares none. */
  readonly state: Readonly<Record<string, unknown>> | null;
  /** Names of what was granted: a plugin can ask before it calls. */
  readonly granted: readonly string[];
}

export const confinedFrame = z.union([
  /** The script was evaluated and its `start` has ended. */
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ ask: z.number().int().nonnegative(), verb: z.string().max(64), input: z.unknown() }),
  z.strictObject({ done: z.number().int().nonnegative(), value: z.unknown() }),
  z.strictObject({ done: z.number().int().nonnegative(), error: confinedFailure }),
  z.strictObject({ pong: z.number().int().nonnegative() }),
  z.strictObject({ log: z.enum(['debug', 'info', 'warn', 'error']), message: z.string().max(2000) }),
  /** It cannot go on: the script threw, or is none. */
  z.strictObject({ fault: z.string().max(2000) }),
]);
export type ConfinedFrame = z.infer<typeof confinedFrame>;

/** One call of the script on its host: a name, plain arguments, perhaps bytes; an answer at once, or later by events. */
import type { Paths } from '../files/paths.ts';

export interface OpContext {
  readonly paths: Paths;
  /** Whether the script launched this subcontainer. */
  launched(guid: string): boolean;
}

/** Throws what the script shall see thrown. Answers JSON, bytes, or nothing. */
export type Op = (context: OpContext, args: readonly unknown[], bytes: Uint8Array | undefined) => unknown;
export type OpTable = Readonly<Record<string, Op>>;

/** The far end of something that goes on: a timer, a socket, a watch, a program. */
export interface Listener {
  /** Tells the script; after `last` the listener is forgotten. */
  tell(event: string, value?: unknown, bytes?: Uint8Array): void;
  last(event: string, value?: unknown, bytes?: Uint8Array): void;
}

/** What can be done with something that goes on, besides listening. */
export interface Ongoing {
  /** `write`, `end`, `kill`, ... as its kind knows. */
  command?(name: string, args: readonly unknown[], bytes: Uint8Array | undefined): void;
  close(): void;
}

export type OngoingOp = (
  context: OpContext,
  args: readonly unknown[],
  bytes: Uint8Array | undefined,
  listener: Listener,
) => Ongoing | null;
export type OngoingTable = Readonly<Record<string, OngoingOp>>;

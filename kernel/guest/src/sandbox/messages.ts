/** Between the serving process and the worker that holds the script. Plain data, structured clone. */
import type { MessagePort } from 'node:worker_threads';
import type { Layout } from '../files/paths.ts';
import type { ErrorShape } from '../files/error.ts';

export interface SandboxLimits {
  /** Most bytes the script's world may take, all told. */
  readonly memory: number;
  /** How long the evaluation of the bundle may take, and any later turn without giving back control. Milliseconds. */
  readonly loadMs: number;
  readonly turnMs: number;
}

export interface SandboxData {
  readonly layout: Layout;
  readonly limits: SandboxLimits;
  /** Where the prelude and the engine lie. */
  readonly folder: string;
  /** `entered[0]`: since when the script has control (`Date.now()`), 0 while it has not. */
  readonly entered: Float64Array<SharedArrayBuffer>;
  readonly language: string;
  readonly hostname: string;
  /** Where the memory image of this package lies or goes, if it may have one. */
  readonly image: string | null;
  /** Whether this world may give way to another that goes on from the image it makes. */
  readonly mayGiveWay: boolean;
}

export type ScriptMethod = 'init' | 'start' | 'stop' | 'exit' | 'execute';

export type ToSandbox =
  | { readonly kind: 'request'; readonly id: string; readonly method: ScriptMethod; readonly params: unknown }
  | { readonly kind: 'callback'; readonly id: number; readonly args: readonly unknown[] }
  | {
      readonly kind: 'event';
      readonly id: number;
      readonly event: string;
      readonly value?: unknown;
      readonly bytes?: Uint8Array;
      readonly last: boolean;
    }
  | { readonly kind: 'launched'; readonly guids: readonly string[] }
  /** Nothing goes on: memory that only lies ready may go. */
  | { readonly kind: 'giveBack' };

/** A program whose end the script's thread waits for without hearing anything else. */
export interface RunNow {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: RunNowOptions;
  readonly input: Uint8Array | undefined;
  /** Takes the one answer, a `RunNowEnded`. */
  readonly answer: MessagePort;
  /** `done[0]` becomes 1 once the answer is there. */
  readonly done: Int32Array<SharedArrayBuffer>;
}
export interface RunNowOptions {
  /** `pipe`, `inherit` or `ignore`, for each of the three. */
  readonly stdio: readonly string[];
  /** Milliseconds; 0 for as long as any program may take. */
  readonly timeout: number;
  readonly killSignal: string;
  /** Most bytes of each output. */
  readonly maxBuffer: number;
}
export interface RunNowEnded {
  /** 0 when it never began. */
  readonly pid: number;
  readonly status: number | null;
  readonly signal: string | null;
  /** base64; null where the output went elsewhere. */
  readonly stdout: string | null;
  readonly stderr: string | null;
  readonly error: ErrorShape | null;
}

export type FromSandbox =
  /** `restored`: from its memory image, with the bundle evaluated. */
  | { readonly kind: 'ready'; readonly restored: boolean }
  /** Evaluated and kept as an image: another thread is to go on from that, and has to be asked what this one was. */
  | { readonly kind: 'giveWay' }
  | { readonly kind: 'answer'; readonly id: string; readonly result: unknown }
  | { readonly kind: 'refusal'; readonly id: string; readonly error: ErrorShape }
  | {
      readonly kind: 'begin';
      readonly id: number;
      readonly op: string;
      readonly args: readonly unknown[];
      readonly bytes?: Uint8Array;
    }
  | {
      readonly kind: 'command';
      readonly id: number;
      readonly name: string;
      readonly args: readonly unknown[];
      readonly bytes?: Uint8Array;
    }
  | { readonly kind: 'close'; readonly id: number }
  /** All files and folders that are watched from now on. */
  | { readonly kind: 'watched'; readonly paths: readonly string[] }
  /** A program the script's thread waits for, at `RunNow.done`. */
  | { readonly kind: 'runNow'; readonly run: RunNow }
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'fatal'; readonly reason: string };

/**
 * The state machine of one service: pure, the whole of it in three tables. Drawn in `spec/40-services.md`.
 *
 * `desired` is the owner's wish and outlives everything; `actual` moves only along `moves`. Nothing here does anything:
 * the actor asks `decide` what is to be done next and tells by `apply` what came of it.
 */
import type { ActualState, ServiceStatus } from '@hearth/contract';
import { errors } from './errors.ts';

export type Move =
  | 'start'
  | 'cameUp'
  | 'stop'
  | 'wentDown'
  | 'died'
  /** Found down by a kernel that was away: a power cut, nobody's fault. */
  | 'lost'
  | 'giveUp'
  | 'rest'
  | 'backUp'
  | 'backedUp'
  | 'update'
  | 'remove'
  | 'settle';

/** From where each move is legal, and where it leads. */
export const moves: Readonly<Record<ActualState, Partial<Readonly<Record<Move, ActualState>>>>> = {
  installing: { settle: 'stopped', giveUp: 'failed' },
  restoring: { settle: 'stopped', giveUp: 'failed' },
  // Came up: the new version was tried out, and runs.
  updating: { settle: 'stopped', cameUp: 'running', giveUp: 'failed' },
  removing: { settle: 'stopped', giveUp: 'failed' },
  stopped: { start: 'starting', backUp: 'backing-up', update: 'updating', remove: 'removing' },
  starting: { cameUp: 'running', stop: 'stopping', died: 'crashed', lost: 'stopped' },
  running: { stop: 'stopping', died: 'crashed', lost: 'stopped' },
  stopping: { wentDown: 'stopped', lost: 'stopped', giveUp: 'failed' },
  'backing-up': { backedUp: 'stopped', lost: 'stopped', giveUp: 'failed' },
  crashed: { start: 'starting', rest: 'stopped', giveUp: 'failed', update: 'updating', remove: 'removing' },
  failed: { start: 'starting', rest: 'stopped', update: 'updating', remove: 'removing' },
};

/** Who may bring a move about: the owner by what is desired, the package by an effect, a job, or the kernel by itself. */
export const askers: Readonly<Record<Move, readonly ('owner' | 'package' | 'job' | 'kernel')[]>> = {
  start: ['owner', 'kernel'],
  stop: ['owner', 'package', 'job', 'kernel'],
  rest: ['owner', 'package', 'kernel'],
  backUp: ['job'],
  backedUp: ['job', 'kernel'],
  update: ['job'],
  remove: ['job'],
  settle: ['job', 'kernel'],
  cameUp: ['kernel'],
  wentDown: ['kernel'],
  died: ['kernel'],
  lost: ['kernel'],
  giveUp: ['job', 'kernel'],
};

/** Which states a job owns: the actor leaves them alone. */
export const jobStates: ReadonlySet<ActualState> = new Set(['installing', 'restoring', 'updating', 'removing']);
/** In which the script's `main` may be alive. */
export const upStates: ReadonlySet<ActualState> = new Set(['starting', 'running', 'stopping']);

export interface Told {
  readonly reason: string;
  readonly now: number;
  /** Milliseconds the new state may last, if it is a passing one. */
  readonly limitMs?: number;
}

/** The status after a move. Throws `services.illegalMove`. */
export function apply(service: string, status: ServiceStatus, move: Move, told: Told): ServiceStatus {
  const to = moves[status.actual][move];
  if (to === undefined) throw errors.illegalMove({ service, move, state: status.actual });
  return {
    desired: status.desired,
    actual: to,
    // No state without its reason: an error without words is one too.
    reason: told.reason.trim() === '' ? 'No reason was given' : told.reason.slice(0, 500),
    since: told.now,
    deadline: told.limitMs === undefined ? null : told.now + told.limitMs,
    startedAt: startedAfter(status, to, told.now),
    crashes: crashesAfter(status, move, to),
  };
}

function startedAfter(status: ServiceStatus, to: ActualState, now: number): number | null {
  if (to === 'running') return now;
  return to === 'stopping' ? status.startedAt : null;
}

function crashesAfter(status: ServiceStatus, move: Move, to: ActualState): number {
  if (move === 'died' && to === 'crashed') return status.crashes + 1;
  return move === 'wentDown' || move === 'rest' || move === 'settle' ? 0 : status.crashes;
}

export interface Circumstances {
  readonly now: number;
  /** Why it may not run although it is wanted: an open critical task. */
  readonly blocked: string | null;
  /** A restart was asked for while it ran. */
  readonly again: boolean;
  /** Whom it lets come up, or go down, before it: a sentence. Asked only when it is about to start or to stop. */
  readonly first: (move: 'start' | 'stop') => string | null;
}

export type Decision =
  | { readonly to: 'nothing' }
  | { readonly to: 'start'; readonly reason: string }
  | { readonly to: 'stop'; readonly reason: string }
  | { readonly to: 'rest'; readonly reason: string }
  | { readonly to: 'giveUp'; readonly reason: string }
  /** A move that takes time was begun and nobody is at it any more. */
  | { readonly to: 'finish' }
  | { readonly to: 'wait'; readonly until: number }
  /** Others move first, or the owner: it stays as it is, and says so. */
  | { readonly to: 'hold'; readonly reason: string };

/** What is to be done about a service now, if nobody else is moving it. */
export function decide(status: ServiceStatus, circumstances: Circumstances): Decision {
  const wanted = status.desired === 'running';
  switch (status.actual) {
    case 'stopped':
      if (!wanted) return { to: 'nothing' };
      if (circumstances.blocked !== null) return { to: 'hold', reason: circumstances.blocked };
      return begin('start', 'Starting', circumstances);
    case 'starting':
    case 'running':
      return decideUp(status, circumstances);
    case 'crashed':
      return decideCrashed(status, circumstances);
    case 'failed':
      return wanted ? { to: 'nothing' } : { to: 'rest', reason: 'Stopped' };
    case 'stopping':
    case 'backing-up':
      return { to: 'finish' };
    case 'installing':
    case 'restoring':
    case 'updating':
    case 'removing':
      return { to: 'nothing' };
  }
}

function begin(move: 'start' | 'stop', reason: string, { first }: Circumstances): Decision {
  const others = first(move);
  return others === null ? { to: move, reason } : { to: 'hold', reason: others };
}

function decideUp(status: ServiceStatus, circumstances: Circumstances): Decision {
  const { blocked, again } = circumstances;
  if (status.desired === 'stopped') return begin('stop', 'Stopping', circumstances);
  if (blocked !== null) return { to: 'stop', reason: blocked };
  if (again) return { to: 'stop', reason: 'Restarting' };
  return { to: status.actual === 'starting' ? 'finish' : 'nothing' };
}

function decideCrashed(status: ServiceStatus, { now, blocked }: Circumstances): Decision {
  if (status.desired === 'stopped') return { to: 'rest', reason: 'Stopped' };
  if (blocked !== null) return { to: 'rest', reason: blocked };
  if (status.crashes >= maximumCrashes) return { to: 'giveUp', reason: gaveUp(status) };
  const until = status.since + backOffMs(status.crashes);
  return until <= now ? { to: 'start', reason: 'Starting again after a crash' } : { to: 'wait', until };
}

/** Crashes in a row, each within the healthy spell of the last, after which only the owner starts it again. */
export const maximumCrashes = 10;

/** 1, 2, 4, ... at most 60 seconds. */
export function backOffMs(crashes: number): number {
  return Math.min(60, 2 ** Math.max(0, crashes - 1)) * 1000;
}

function gaveUp(status: ServiceStatus): string {
  return `It ended by itself ${status.crashes} times in a row. The last time: ${status.reason}`;
}

/** What a kernel that finds a service in a state does, once it knows whether the container still runs. */
export type AfterLoss =
  /** Waits for the guest's hello and goes on with what it says. */
  | 'adopt'
  /** Takes it as down and lets `decide` go on. */
  | 'down'
  /** Ends what is left of the container first, then as `down` or `leave`. */
  | 'clear'
  /** The journalled job that owns it goes on or takes it back. */
  | 'job'
  | 'leave';

const lossTable: Readonly<Record<ActualState, { readonly up: AfterLoss; readonly down: AfterLoss }>> = {
  running: { up: 'adopt', down: 'down' },
  starting: { up: 'adopt', down: 'down' },
  stopping: { up: 'clear', down: 'down' },
  'backing-up': { up: 'clear', down: 'down' },
  stopped: { up: 'clear', down: 'leave' },
  crashed: { up: 'clear', down: 'leave' },
  failed: { up: 'clear', down: 'leave' },
  installing: { up: 'job', down: 'job' },
  restoring: { up: 'job', down: 'job' },
  updating: { up: 'job', down: 'job' },
  removing: { up: 'job', down: 'job' },
};

export function afterLoss(actual: ActualState, containerRuns: boolean): AfterLoss {
  return lossTable[actual][containerRuns ? 'up' : 'down'];
}

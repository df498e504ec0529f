/**
 * One service at work: reconciles what is with what is wanted, one transition at a time.
 *
 * All that moves the service or uses its container goes through one lock: transitions, actions, backups, and the
 * moment a job takes it over. While a job owns it, the actor rests.
 */
import type { ActualState, BackupPair, ContainerState } from '@hearth/contract';
import { Alarm } from './alarm.ts';
import { backupPairs } from './backup-pairs.ts';
import { Container } from './container.ts';
import type { Context } from './context.ts';
import type { EffectAnswer } from './hello.ts';
import { errors } from './errors.ts';
import { type HaltOutcome, haltWithin } from './halting.ts';
import { Holding } from './holding.ts';
import { apply, decide, jobStates, upStates } from './machine.ts';
import { Mutex } from './mutex.ts';
import { staysUp } from './parking/stays-up.ts';
import { blockedBy } from './tasks/blocked.ts';
import { Transitions } from './transitions.ts';

export interface ActorWorld {
  effect(service: string, method: string, params: unknown): Promise<EffectAnswer>;
  /** Its script was initialised, and nothing holds it any more. */
  loaded(service: string): void;
}

export class Actor {
  readonly service: string;
  readonly container: Container;
  readonly lock = new Mutex();
  readonly #context: Context;
  readonly #transitions: Transitions;
  readonly #holding: Holding;
  readonly #closing = new AbortController();
  #work: Promise<void> | null = null;
  #dirty = false;
  #open = false;
  /** What is begun anew: main alone, or its container too. */
  #again: 'main' | 'container' | null = null;
  /** A job waits for the lock: nothing new is begun. */
  #taken = false;
  /** The machine is about to be turned off: nothing is begun, whatever is wanted. */
  #held = false;
  #starting: AbortController | null = null;
  readonly #next = new Alarm();
  readonly #parking = new Alarm();
  readonly #spell = new Alarm();

  constructor(service: string, context: Context, world: ActorWorld) {
    this.service = service;
    this.#context = context;
    this.container = new Container(service, context, {
      died: (reason) => void this.#died(reason),
      loaded: () => void this.lock.run(() => Promise.resolve(world.loaded(service))),
      effect: (method, params) => world.effect(service, method, params),
    });
    this.#transitions = new Transitions(service, context, this.container);
    this.#holding = new Holding(service, context);
  }

  /** From now on it acts by itself. */
  open(): void {
    this.#open = true;
    this.poke();
  }

  /** Something changed that may ask for a transition. */
  poke(): void {
    if (!this.#open || this.#gone()) return;
    this.#dirty = true;
    const decision = this.#decide();
    if (decision?.to === 'stop' && this.#starting !== null) this.#starting.abort(errors.containerGone({}));
    this.#work ??= this.#reconcile().finally(() => {
      this.#work = null;
      if (this.#dirty) this.poke();
    });
  }

  /** Another service moved: one that is let go first, perhaps. */
  othersMoved(): void {
    if (this.#holding.until !== null) this.poke();
  }

  async setDesired(desired: 'running' | 'stopped', reason: string): Promise<number> {
    const rev = await this.#context.rows.change(this.service, reason, (row) => {
      row.status.desired = desired;
      if (desired === 'running' && (row.status.actual === 'failed' || row.status.actual === 'crashed')) {
        // The owner's word counts more than the back-off.
        row.status = apply(this.service, row.status, 'rest', { reason: 'Stopped', now: this.#context.now() });
      }
    });
    this.poke();
    return rev;
  }

  /** Stops it and lets it come up again; nothing while it is down. */
  restart(what: 'main' | 'container' = 'container'): void {
    const actual = this.#context.rows.read(this.service)?.status.actual;
    if (actual !== 'running' && actual !== 'starting') return;
    // Who wants more gets it.
    if (this.#again !== 'container') this.#again = what;
    this.poke();
  }

  /** Stops it without asking its script any longer; also breaks off an action or a stop that hangs. @throws services.busy */
  async stopByForce(reason: string): Promise<number> {
    const { actual } = this.#context.rows.get(this.service).status;
    if (jobStates.has(actual)) throw errors.busy({ service: this.service, verb: 'stop', state: actual });
    if (upStates.has(actual)) this.#transitions.force();
    const rev = await this.setDesired('stopped', reason);
    if (upStates.has(actual) || this.container.up) await this.container.takeDown(0);
    return rev;
  }

  /** From now on nothing is begun. */
  hold(): void {
    this.#held = true;
  }

  /** As it was before `hold`. */
  resume(): void {
    this.#held = false;
    this.poke();
  }

  /** See `haltWithin`. */
  async halt(limitMs: number): Promise<HaltOutcome> {
    if (this.#context.rows.get(this.service).job !== null) return 'left';
    this.#held = true;
    this.#starting?.abort(errors.containerGone({ service: this.service }));
    const { service, container, lock } = this;
    return haltWithin(limitMs, { service, context: this.#context, container, transitions: this.#transitions, lock });
  }

  async takeOver(state: ContainerState | null): Promise<void> {
    await this.lock.run(() => this.#transitions.takeOver(state, this.#closing.signal));
    if (this.#context.rows.read(this.service)?.status.actual === 'running') this.#beginSpell();
  }

  /**
   * Gives the service to a job: whatever runs is stopped first, then it is in the job's state until `release`.
   * Idempotent for the job that has it.
   */
  async take(job: string, move: 'update' | 'remove', reason: string): Promise<void> {
    const row = this.#context.rows.get(this.service);
    if (row.job === job && jobStates.has(row.status.actual)) return;
    this.#taken = true;
    this.#starting?.abort(errors.containerGone({}));
    try {
      await this.lock.run(async () => {
        await this.#rest(reason);
        await this.#transitions.move(move, reason, undefined, (changed) => {
          changed.job = job;
        });
      });
    } finally {
      this.#taken = false;
      // Where the job could not have it, what was begun with it is finished.
      this.poke();
    }
  }

  /** The job is done with it; `running` if it has brought main up. */
  async release(outcome: {
    readonly good: boolean;
    readonly reason: string;
    readonly running?: boolean;
  }): Promise<void> {
    const move = outcome.running === true ? 'cameUp' : outcome.good ? 'settle' : 'giveUp';
    await this.#transitions.move(move, outcome.reason, undefined, (row) => {
      row.job = null;
      if (outcome.running === true) row.error = null;
    });
    if (outcome.running === true) this.#beginSpell();
    this.#park();
    this.open();
  }

  /** Uses the script: no transition happens meanwhile, and a container that was gone is brought back for it. */
  async use<T>(allowed: (actual: ActualState) => void, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await this.lock.run(async () => {
        allowed(this.#context.rows.get(this.service).status.actual);
        await this.container.load(null, signal);
        return work();
      }, signal);
    } finally {
      this.#park();
    }
  }

  /** As `use`, beside whatever else goes on. */
  async borrow<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { actual } = this.#context.rows.get(this.service).status;
    // Waiting for the script to be initialised could be waiting for oneself: it may be its own init that asks.
    if (!this.container.loaded && (jobStates.has(actual) || this.container.up))
      throw errors.busy({ service: this.service, verb: 'ask', state: actual });
    try {
      if (!this.container.loaded) await this.lock.run(() => this.container.load(null, signal), signal);
      return await work();
    } finally {
      this.#park();
    }
  }

  /** See `Services.backUp`. */
  async backUp<T>(work: (pairs: readonly BackupPair[]) => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await this.lock.run(async () => {
        const { actual } = this.#context.rows.get(this.service).status;
        if (jobStates.has(actual)) throw errors.busy({ service: this.service, verb: 'back up', state: actual });
        await this.#rest('Stopping for a backup');
        await this.#transitions.move('backUp', 'Backing up');
        let reason = 'Backed up';
        try {
          return await work(await backupPairs(this.container, this.#context.deadlines.backup, signal));
        } catch (error) {
          reason = 'The backup did not succeed';
          throw error;
        } finally {
          if (this.#context.rows.read(this.service)?.status.actual === 'backing-up')
            await this.#transitions.move('backedUp', reason);
        }
      }, signal);
    } finally {
      this.#park();
      this.poke();
    }
  }

  /** The kernel goes; the service stays as it is. */
  async close(options: { readonly remove: boolean }): Promise<void> {
    this.#closing.abort(errors.containerGone({ service: this.service }));
    for (const alarm of [this.#next, this.#parking, this.#spell]) alarm.cancel();
    await this.container.link.close(options);
  }

  /** Whatever main is doing, it is down afterwards; the container may stay for what comes next. */
  async #rest(reason: string): Promise<void> {
    const { actual } = this.#context.rows.get(this.service).status;
    if (actual === 'starting' || actual === 'running') await this.#transitions.stop(reason, true);
    if (actual === 'crashed' || actual === 'failed') await this.#transitions.move('rest', reason);
  }

  #gone(): boolean {
    return this.#closing.signal.aborted;
  }

  #decide() {
    const row = this.#context.rows.read(this.service);
    if (row === null || row.job !== null || this.#taken || this.#held || this.#gone()) return null;
    const first = (move: 'start' | 'stop'): string | null => this.#holding.first(move);
    return decide(row.status, {
      now: this.#context.now(),
      blocked: blockedBy(row),
      again: this.#again !== null,
      first,
    });
  }

  async #reconcile(): Promise<void> {
    while (this.#dirty && !this.#gone()) {
      this.#dirty = false;
      try {
        await this.lock.run(() => this.#step());
      } catch (error) {
        if (this.#gone()) return;
        this.#context.log.error({ err: error, service: this.service }, 'A transition could not be made');
        this.#later(this.#context.now() + this.#context.deadlines.retry);
      }
    }
  }

  async #step(): Promise<void> {
    const decision = this.#decide();
    if (decision?.to !== 'hold') this.#holding.end();
    switch (decision?.to) {
      case 'start':
        await this.#start(decision.reason);
        break;
      case 'stop':
        await this.#stop(decision.reason);
        break;
      case 'rest':
      case 'giveUp':
        await this.#transitions.move(decision.to, decision.reason);
        break;
      case 'finish':
        await this.#transitions.finish(this.#closing.signal);
        break;
      case 'hold':
        if (this.#holding.until !== null) this.#later(this.#holding.until);
        await this.#holding.tell(decision.reason);
        return;
      case 'wait':
        this.#later(decision.until);
        return;
      case 'nothing':
      case undefined:
        return;
    }
    this.#dirty = true;
  }

  async #start(reason: string): Promise<void> {
    this.#parking.cancel();
    const abort = new AbortController();
    this.#starting = abort;
    this.#again = null;
    try {
      await this.#transitions.start(reason, AbortSignal.any([abort.signal, this.#closing.signal]));
    } finally {
      this.#starting = null;
    }
    this.#beginSpell();
  }

  /** Where main alone is begun anew its container stays, loaded as it is. */
  async #stop(reason: string): Promise<void> {
    const row = this.#context.rows.get(this.service);
    const main = this.#again === 'main' && row.status.desired === 'running' && blockedBy(row) === null;
    const keep = main || (this.#again === null && (await staysUp(this.#context, this.container)));
    this.#again = null;
    await this.#transitions.stop(reason, keep);
    // Should it not come up again after all.
    if (keep) this.#park();
  }

  async #died(reason: string): Promise<void> {
    try {
      await this.lock.run(() => this.#transitions.died(reason));
    } catch (error) {
      this.#context.log.error({ err: error, service: this.service }, 'The end of a service was not recorded');
    }
    this.poke();
  }

  #later(at: number): void {
    this.#next.set(Math.max(0, at - this.#context.now()), () => this.poke());
  }

  /** After a spell without an unplanned end, earlier ones no longer count. */
  #beginSpell(): void {
    this.#spell.set(this.#context.deadlines.healthySpell, () => {
      this.#transitions
        .forgetCrashes()
        .catch((error: unknown) => this.#context.log.warn({ err: error }, 'A healthy spell was not recorded'));
    });
  }

  /** A stopped service costs nothing: its container goes some time after the last use. */
  #park(): void {
    this.#parking.set(this.#context.deadlines.park, () => {
      this.lock
        .run(async () => {
          const row = this.#context.rows.read(this.service);
          if (row?.job !== null || upStates.has(row.status.actual) || !this.container.up) return;
          // Later, perhaps.
          if (await staysUp(this.#context, this.container)) return this.#park();
          await this.container.takeDown(this.#context.deadlines.containerStop);
        })
        .catch((error: unknown) => this.#context.log.warn({ err: error, service: this.service }, 'Parking failed'));
    });
  }
}

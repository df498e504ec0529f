/** The moves of one service that take time: up, down, and back under a new kernel. Always called with its lock held. */
import type { ContainerState, ServiceRow } from '@hearth/contract';
import { HearthError } from '@hearth/contract';
import type { Container } from './container.ts';
import type { Context } from './context.ts';
import { errors } from './errors.ts';
import { afterLoss, type Move } from './machine.ts';

export class Transitions {
  readonly #service: string;
  readonly #context: Context;
  readonly #container: Container;
  /** The script is not asked any more: whatever is left of it is ended at once. */
  #forced = false;

  constructor(service: string, context: Context, container: Container) {
    this.#service = service;
    this.#context = context;
    this.#container = container;
  }

  /** From any state of rest to running. A failure counts as a crash; an abort leaves it `starting`, to be stopped. */
  async start(reason: string, signal: AbortSignal): Promise<void> {
    const { hello, load, start } = this.#context.deadlines;
    this.#forced = false;
    await this.move('start', reason, hello + load + start);
    await this.goOnStarting(signal);
  }

  async goOnStarting(signal: AbortSignal): Promise<void> {
    try {
      await this.#container.load(null, signal);
      await this.#container.start(signal);
    } catch (error) {
      if (signal.aborted) return;
      await this.crashed(error);
      return;
    }
    await this.move('cameUp', 'Running', undefined, (row) => {
      row.error = null;
    });
  }

  /** From starting or running to stopped, by force if it must be. `keep` leaves the container, for what comes next. */
  async stop(reason: string, keep = false): Promise<void> {
    const { stop, containerStop } = this.#context.deadlines;
    await this.move('stop', reason, stop + containerStop);
    await this.#finishStopping(keep);
  }

  /** From now until it is down: no patience with the script. */
  force(): void {
    this.#forced = true;
  }

  /** Goes on with a move whose end was not recorded. */
  async finish(signal: AbortSignal): Promise<void> {
    const actual = this.#actual();
    if (actual === 'starting') await this.goOnStarting(signal);
    if (actual === 'stopping') await this.#finishStopping(false);
    if (actual === 'backing-up') await this.move('backedUp', 'The backup did not succeed');
  }

  async #finishStopping(keep: boolean): Promise<void> {
    const { stop, containerStop } = this.#context.deadlines;
    let outcome = 'Stopped';
    try {
      if (this.#container.loaded && !this.#forced) await this.#container.stop(stop);
    } catch (error) {
      this.#context.log.warn({ err: error, service: this.#service }, 'A service did not stop by itself');
      outcome = 'Stopped by force: it did not stop by itself in time';
    }
    if (this.#forced) outcome = 'Stopped by force';
    this.#forced = false;
    const gently = outcome === 'Stopped';
    const left = keep && gently && this.#container.loaded ? null : await this.#takeDown(gently ? containerStop : 0);
    await this.#context.health.clear(this.#service);
    if (left === null) await this.move('wentDown', outcome);
    else await this.move('giveUp', `Its container cannot be stopped: ${left.message}`);
  }

  /** What led to an unplanned end is kept for the owner; whatever is left of the container goes. */
  async crashed(error: unknown): Promise<void> {
    const { code, message, data } = HearthError.from(error);
    await this.#takeDown(0);
    await this.#context.health.clear(this.#service);
    const details = typeof data['details'] === 'string' ? data['details'] : null;
    await this.move('died', message, undefined, (row) => {
      row.error = { code, message, details };
    });
  }

  /** The container ended while main was up. */
  async died(reason: string): Promise<void> {
    if (this.#actual() !== 'running') return;
    await this.#takeDown(0);
    await this.#context.health.clear(this.#service);
    await this.move('died', reason);
  }

  /** A new kernel finds the service; `state` is its container if that runs. */
  async takeOver(state: ContainerState | null, signal: AbortSignal): Promise<void> {
    const actual = this.#actual();
    const course = afterLoss(actual, state !== null);
    if (course === 'leave') return;
    if (course === 'job') {
      if (state !== null) await this.#container.adopt(state);
      return;
    }
    if (course === 'adopt' && state !== null && (await this.#adopt(state, signal))) return;
    if (course !== 'down') await this.#takeDown(0);
    const was = this.#actual();
    if (was === 'running' || was === 'starting') await this.move('lost', 'The server was restarted');
    if (was === 'stopping' || was === 'backing-up') await this.move('lost', 'Stopped');
  }

  async forgetCrashes(): Promise<void> {
    const status = this.#context.rows.read(this.#service)?.status;
    if (status?.actual !== 'running' || status.crashes === 0) return;
    await this.#context.rows.changeIfThere(this.#service, 'service.healthy', (row) => {
      if (row.status.actual === 'running') row.status.crashes = 0;
    });
  }

  async move(move: Move, reason: string, limitMs?: number, also?: (row: ServiceRow) => void): Promise<number> {
    const told = { reason, now: this.#context.now(), ...(limitMs === undefined ? {} : { limitMs }) };
    return this.#context.rows.move(this.#service, move, told, also);
  }

  /** @returns whether it goes on as if nothing had happened */
  async #adopt(state: ContainerState, signal: AbortSignal): Promise<boolean> {
    const { log, deadlines } = this.#context;
    await this.#container.adopt(state);
    try {
      await this.#container.greeted(deadlines.reconnect, signal);
    } catch (error) {
      log.warn({ err: error, service: this.#service }, 'A running container could not be adopted');
      return false;
    }
    if (this.#actual() === 'starting') {
      await this.goOnStarting(signal);
      return true;
    }
    if (this.#container.phase === 'running') return true;
    log.warn({ service: this.#service, phase: this.#container.phase }, 'A container was adopted with its main down');
    return false;
  }

  /** @returns why it is still there, after a second try without grace */
  async #takeDown(killAfterMs: number): Promise<HearthError | null> {
    for (const grace of [killAfterMs, 0]) {
      try {
        await this.#container.takeDown(grace);
        return null;
      } catch (error) {
        this.#context.log.error({ err: error, service: this.#service }, 'A container did not stop');
        if (grace === 0) return HearthError.from(error);
      }
    }
    return null;
  }

  #actual() {
    const row = this.#context.rows.read(this.#service);
    if (row === null) throw errors.notInstalled({ service: this.#service });
    return row.status.actual;
  }
}

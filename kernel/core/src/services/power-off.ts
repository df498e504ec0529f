/**
 * The ordered stop of everything, before the machine is turned off: dependants first, each in its own time, all of it
 * within a budget. What was wanted running stays wanted, so that the next boot starts it.
 */
import type { AnyMethod, ServiceRow } from '@hearth/contract';
import { defineMethod, packageId } from '@hearth/contract';
import { z } from 'zod';
import type { Actor } from './actor.ts';
import { bootOrder } from './boot-order.ts';
import type { Context } from './context.ts';
import { errors } from './errors.ts';
import type { HaltOutcome } from './halting.ts';
import { jobStates } from './machine.ts';

/** Kept back for each group that is still to come, in milliseconds, as long as the budget allows. */
const reserveMs = 10_000;

/** Services by how their stop went; those `left` belong to a job, which goes on or back at the next boot. */
export type PowerOffReport = { readonly [outcome in HaltOutcome]: string[] };

export class PowerOff {
  readonly #context: Pick<Context, 'rows' | 'now' | 'log'>;
  readonly #actor: (service: string) => Actor;
  #running: Promise<PowerOffReport> | null = null;

  constructor(context: Pick<Context, 'rows' | 'now' | 'log'>, actor: (service: string) => Actor) {
    this.#context = context;
    this.#actor = actor;
  }

  /** @throws services.halted while everything is being stopped or was */
  refuse(verb: string, service: string): void {
    if (this.#running !== null) throw errors.halted({ verb, service });
  }

  /** Whoever asks again meanwhile is told the same. */
  stopAll(withinMs: number): Promise<PowerOffReport> {
    this.#running ??= this.#stopAll(withinMs);
    return this.#running;
  }

  /** The machine stays on after all: what is wanted comes up again. */
  async resume(): Promise<void> {
    await this.#running?.catch(() => undefined);
    this.#running = null;
    for (const group of bootOrder(this.#context.rows.all())) for (const id of group) this.#actor(id).resume();
  }

  async #stopAll(withinMs: number): Promise<PowerOffReport> {
    const { rows, now, log } = this.#context;
    const end = now() + withinMs;
    const report: PowerOffReport = { stopped: [], forced: [], left: [] };
    const all = rows.all();
    // First all of them: a dependant that goes down must not be what makes another start again.
    for (const row of all) this.#actor(row.id).hold();
    const byId = new Map(all.map((row) => [row.id, row]));
    const groups = bootOrder(all)
      .toReversed()
      .map((group) => group.filter((id) => concerned(byId.get(id), this.#actor(id))))
      .filter((group) => group.length > 0);
    for (const [place, group] of groups.entries()) {
      const later = groups.length - place - 1;
      const rest = Math.max(0, end - now());
      const until = end - later * Math.min(reserveMs, rest / (2 * (later + 1)));
      await Promise.all(
        group.map(async (id) => {
          try {
            report[await this.#actor(id).halt(Math.max(0, until - now()))].push(id);
          } catch (error) {
            log.error({ err: error, service: id }, 'A service could not be stopped before the end');
            report.left.push(id);
          }
        }),
      );
    }
    return report;
  }
}

function concerned(row: ServiceRow | undefined, actor: Actor): boolean {
  return (
    row !== undefined && (actor.container.up || row.status.actual === 'starting' || jobStates.has(row.status.actual))
  );
}

const ids = z.array(packageId);

/** @param scale of all deadlines */
export function powerOffMethods(powerOff: PowerOff, scale: number): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'server.stop-services',
      about: 'Stop every service in order, those that need others first; what was running comes back at the next boot.',
      input: z.object({
        /** For all of it; what is not down by then is ended. */
        withinMs: z.number().int().min(1000).max(600_000).default(120_000),
      }),
      output: z.object({
        stopped: ids,
        /** Ended because their time was over. */
        forced: ids,
        /** Left to the job that has them. */
        left: ids,
      }),
      allow: 'owner',
      deadlineMs: 660_000,
      run: ({ withinMs }) => powerOff.stopAll(withinMs * scale),
    }),
    defineMethod({
      name: 'server.start-services',
      about: 'Take back the stop of every service: those that are wanted start again.',
      input: z.object({}),
      output: z.object({}),
      allow: 'owner',
      deadlineMs: 660_000,
      run: async () => {
        await powerOff.resume();
        return {};
      },
    }),
  ];
}

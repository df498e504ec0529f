/**
 * Tasks: what one package asks the owner to do with an action of another, or of its own.
 *
 * A task without a condition is open until its action has run. One with `input-not-matches` is open while what the
 * action would be run with fits none of its templates; that is looked at again whenever it may have changed. A stopped
 * service is not brought up for it as long as what it last said still holds; else it is woken in the background, and
 * asked then.
 */
import type { ServiceRow, TaskEntry } from '@hearth/contract';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import type { Scripts } from '../scripts.ts';
import { liesStill } from '../parking/restore.ts';
import type { KnownInput } from './known-inputs.ts';
import { matches } from './match.ts';

type Task = TaskEntry['task'];
type Verdict = 'open' | 'closed' | 'done' | 'unknown';

export class Tasks {
  readonly #context: Context;
  readonly #scripts: () => Scripts;
  readonly #actor: (service: string) => Actor | null;
  readonly #wake: (service: string) => void;
  /** Services that are busy, and are asked when they no longer are. */
  readonly #later = new Set<string>();

  /** @param wake brings a stopped service up in the background; its tasks are looked at when its script is loaded */
  constructor(
    context: Context,
    scripts: () => Scripts,
    actor: (service: string) => Actor | null,
    wake: (service: string) => void,
  ) {
    this.#context = context;
    this.#scripts = scripts;
    this.#actor = actor;
    this.#wake = wake;
  }

  /** Adds or replaces a task of a service. */
  async create(owner: string, replayId: string, task: Task): Promise<void> {
    const verdict = await this.#verdict(owner, task);
    await this.#context.rows.change(owner, 'task.create', (row) => {
      const before = row.tasks[replayId]?.active;
      if (verdict === 'done') delete row.tasks[replayId];
      else row.tasks[replayId] = { active: verdict === 'unknown' ? (before ?? true) : verdict === 'open', task };
    });
    this.#actor(owner)?.poke();
  }

  async clear(owner: string, which: { only: readonly string[] } | { except: readonly string[] }): Promise<void> {
    await this.#context.rows.change(owner, 'task.clear', (row) => {
      for (const id of Object.keys(row.tasks))
        if ('only' in which ? which.only.includes(id) : !which.except.includes(id)) delete row.tasks[id];
    });
    this.#actor(owner)?.poke();
  }

  /** The owner waves it aside. @throws services.taskCritical unless forced */
  async dismiss(owner: string, replayId: string, force: boolean): Promise<number> {
    const rev = await this.#context.rows.change(owner, 'package.action.clear-task', (row) => {
      const entry = row.tasks[replayId];
      if (entry === undefined) throw errors.unknownTask({ service: owner, task: replayId });
      if (entry.task.severity === 'critical' && !force) throw errors.taskCritical({ service: owner, task: replayId });
      delete row.tasks[replayId];
    });
    this.#actor(owner)?.poke();
    return rev;
  }

  /** An action ran, was exported, or its service came up: looks at every task that points at it. */
  async review(service: string, action: string | null, ran: boolean): Promise<void> {
    for (const row of this.#context.rows.all()) {
      for (const [replayId, { task }] of Object.entries(row.tasks)) {
        if (task.packageId !== service) continue;
        const conditional = (task.when ?? null) !== null;
        // One action may change what another would be run with.
        if (!conditional && action !== null && task.actionId !== action) continue;
        const verdict = ran && !conditional ? 'done' : await this.#verdict(row.id, task);
        await this.#keep(row, replayId, verdict);
      }
    }
  }

  /** Tasks of a service on actions of its own that its new version no longer has. */
  async dropOrphans(service: string): Promise<void> {
    await this.#context.rows.changeIfThere(service, 'task.clear', (row) => {
      for (const [id, { task }] of Object.entries(row.tasks))
        if (task.packageId === service && row.actions[task.actionId] === undefined) delete row.tasks[id];
    });
  }

  async #keep(row: ServiceRow, replayId: string, verdict: Verdict): Promise<void> {
    const before = row.tasks[replayId]?.active;
    if (verdict === 'unknown' || (verdict !== 'done' && before === (verdict === 'open'))) return;
    await this.#context.rows.changeIfThere(row.id, 'task.review', (changed) => {
      const entry = changed.tasks[replayId];
      if (entry === undefined) return;
      if (verdict === 'done') delete changed.tasks[replayId];
      else entry.active = verdict === 'open';
    });
    this.#actor(row.id)?.poke();
  }

  async #verdict(owner: string, task: Task): Promise<Verdict> {
    const when = task.when ?? null;
    if (when === null) return 'open';
    const input = await this.#inputOf(owner, task);
    if (input === null) return 'unknown';
    if (!templatesOf(task).some((template) => matches(input.value, template))) return 'open';
    return when.once ? 'done' : 'closed';
  }

  /** What the action would be run with; null where it cannot be told now. */
  async #inputOf(owner: string, { packageId, actionId }: Task): Promise<KnownInput> {
    const { inputs, rows } = this.#context;
    const target = this.#actor(packageId);
    if (target === null) return null;
    // A busy target is left alone: it may be waiting for the very package that asks.
    if (target.lock.busy) return this.#askLater(packageId, target);
    if (target.container.loaded) return this.#ask(owner, packageId, actionId);
    const known = inputs.find(packageId, actionId);
    const row = rows.read(packageId);
    if (known === undefined && row !== null && liesStill(row)) this.#wake(packageId);
    return known ?? null;
  }

  #askLater(service: string, target: Actor): null {
    if (this.#later.has(service)) return null;
    this.#later.add(service);
    void target.lock
      .run(() => Promise.resolve())
      .finally(() => {
        this.#later.delete(service);
        setImmediate(() => {
          this.review(service, null, false).catch((error: unknown) =>
            this.#context.log.warn({ err: error, service }, 'Tasks were not looked at'),
          );
        });
      });
    return null;
  }

  async #ask(owner: string, service: string, action: string): Promise<KnownInput> {
    let input: KnownInput = null;
    try {
      const answer = await this.#scripts().getInput({ service, action, prefill: null });
      input = { value: answer?.value ?? null };
    } catch (error) {
      this.#context.log.debug({ err: error, service: owner }, 'A task could not be looked at');
    }
    // A running main may change it unseen.
    if (this.#actor(service)?.container.mainUp === false) this.#context.inputs.keep(service, action, input);
    return input;
  }
}

/** Older scripts name the one accepted value `value`, newer ones list what they `accept`. */
export function templatesOf(task: Task): readonly Record<string, unknown>[] {
  const { accept, value } = task.input ?? {};
  return accept ?? (value === undefined ? [] : [value]);
}

/**
 * Tasks: what one package asks the owner to do with an action of another, or of its own.
 *
 * A task without a condition is open until its action has run. One with `input-not-matches` is open while what the
 * action would be run with fits none of its templates; that is looked at again whenever it may have changed, and never
 * by waking a container for it.
 */
import type { ServiceRow, TaskEntry } from '@hearth/contract';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import type { Scripts } from '../scripts.ts';
import { matches } from './match.ts';

type Task = TaskEntry['task'];
type Verdict = 'open' | 'closed' | 'done' | 'unknown';

export class Tasks {
  readonly #context: Context;
  readonly #scripts: () => Scripts;
  readonly #actor: (service: string) => Actor | null;

  constructor(context: Context, scripts: () => Scripts, actor: (service: string) => Actor | null) {
    this.#context = context;
    this.#scripts = scripts;
    this.#actor = actor;
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
        if (task.packageId !== service || (action !== null && task.actionId !== action)) continue;
        const verdict = ran && (task.when ?? null) === null ? 'done' : await this.#verdict(row.id, task);
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
    const templates = templatesOf(task);
    const target = this.#actor(task.packageId);
    // A busy target is left alone: it may be waiting for the very package that asks.
    if (target === null || !target.container.loaded || target.lock.busy) return 'unknown';
    try {
      const input = await this.#scripts().getInput({ service: task.packageId, action: task.actionId, prefill: null });
      const fits = templates.some((template) => matches(input?.value ?? null, template));
      if (!fits) return 'open';
      return when.once ? 'done' : 'closed';
    } catch (error) {
      this.#context.log.debug({ err: error, service: owner }, 'A task could not be looked at');
      return 'unknown';
    }
  }
}

/** Older scripts name the one accepted value `value`, newer ones list what they `accept`. */
function templatesOf(task: Task): readonly Record<string, unknown>[] {
  const { accept, value } = task.input ?? {};
  return accept ?? (value === undefined ? [] : [value]);
}

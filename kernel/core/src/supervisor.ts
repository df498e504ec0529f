/**
 * Runs plugins through set-up, start, ready and stop: in waves by need, a deadline for every step, the reverse on the way
 * down. A plugin that fails fails alone; those that need it are skipped, with the reason.
 */
import { mkdir } from 'node:fs/promises';
import {
  type AnyMethod,
  type AnyPlugin,
  type BootState,
  HearthError,
  type PluginInstance,
  type Route,
} from '@hearth/contract';
import { within } from './deadline.ts';
import { errors } from './errors.ts';
import type { EventBus } from './events.ts';
import { needsOf, plan, providersOf } from './plan.ts';
import { createScope, pluginFolder, type ScopeParts, type Undo } from './scope.ts';

export type BootRow = BootState['plugins'][number];
type Phase = BootRow['phase'];

export interface SupervisorParts extends ScopeParts {
  readonly events: EventBus;
  /** What the kernel provides, by reference id. */
  readonly given: ReadonlyMap<string, unknown>;
  readonly deadlineScale: number;
  /** Called after every phase. */
  readonly report: (rows: readonly BootRow[]) => void;
}

interface Supervised {
  readonly plugin: AnyPlugin;
  readonly undo: Undo[];
  readonly events: ReturnType<EventBus['for']>;
  instance: PluginInstance<unknown> | null;
  phase: Phase;
  outcome: BootRow['outcome'];
  error: HearthError | null;
  /** Stopped, or being stopped. */
  released: boolean;
  took: number;
}

const defaults = { startMs: 10_000, readyMs: 10_000, stopMs: 5_000 };

export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #waves: readonly (readonly Supervised[])[];
  readonly #providers: ReadonlyMap<string, string>;
  readonly #started = Promise.withResolvers<undefined>();
  #stopping: Promise<void> | null = null;

  /** Throws what `plan` throws. */
  constructor(plugins: readonly AnyPlugin[], parts: SupervisorParts) {
    this.#parts = parts;
    const given = new Set(parts.given.keys());
    this.#providers = providersOf(plugins, given);
    this.#waves = plan(plugins, given).map((wave) =>
      wave.map((plugin) => ({
        plugin,
        undo: [],
        events: parts.events.for(plugin.id),
        instance: null,
        phase: 'setup',
        outcome: 'ok',
        error: null,
        released: false,
        took: 0,
      })),
    );
  }

  /** Builds every plugin. Synchronous: a set-up does no I/O. */
  setup(): void {
    for (const each of this.#waves.flat()) {
      if (this.#skip(each)) continue;
      const began = performance.now();
      try {
        each.instance = this.#build(each);
      } catch (error) {
        this.#fail(each, error);
      }
      each.took += performance.now() - began;
    }
    this.#report();
  }

  async start(): Promise<void> {
    await this.#phase('start', defaults.startMs, async (each, signal) => {
      await mkdir(pluginFolder(this.#parts.places, each.plugin.id), { recursive: true, mode: 0o700 });
      await each.instance?.start?.(signal);
    });
    this.#started.resolve(undefined);
  }

  async ready(): Promise<void> {
    await this.#phase('ready', defaults.readyMs, (each, signal) => each.instance?.ready?.(signal));
    for (const each of this.#all) if (each.outcome === 'ok') each.phase = 'running';
    this.#report();
  }

  /** Everything in reverse; every hook is tried. Safe to repeat: the second call waits for the first. */
  stop(): Promise<void> {
    this.#started.resolve(undefined);
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Resolves when the start phase is over, however it went. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  get rows(): readonly BootRow[] {
    return this.#all.map(({ plugin, phase, outcome, took, error }) => ({
      plugin: plugin.id,
      about: plugin.about,
      phase,
      outcome,
      took: Math.round(took * 10) / 10,
      error: error === null ? null : { code: error.code, message: error.message },
    }));
  }

  /** Whether an essential plugin is not well. */
  get broken(): boolean {
    return this.#all.some((each) => each.outcome !== 'ok' && each.plugin.essential === true);
  }

  /** What the plugin that provides `id` offers; null before it has started and after it has failed. */
  provided(id: string): unknown {
    const plugin = this.#providers.get(id);
    const each = this.#all.find((candidate) => candidate.plugin.id === plugin);
    return each?.outcome === 'ok' && each.phase !== 'setup' ? (each.instance?.service ?? null) : null;
  }

  /** Methods of every plugin that was built, and how that plugin is. */
  get methods(): readonly { readonly plugin: string; readonly method: AnyMethod }[] {
    return this.#all.flatMap(({ plugin, instance }) =>
      (instance?.methods ?? []).map((method) => ({ plugin: plugin.id, method })),
    );
  }

  get routes(): readonly { readonly plugin: string; readonly route: Route }[] {
    return this.#all.flatMap(({ plugin, instance }) =>
      (instance?.routes ?? []).map((route) => ({ plugin: plugin.id, route })),
    );
  }

  /** Waits for the start phase; throws why the plugin is not up. */
  async up(plugin: string): Promise<void> {
    await this.#started.promise;
    const each = this.#all.find((candidate) => candidate.plugin.id === plugin);
    if (each?.outcome === 'ok') return;
    throw errors.dependencyFailed({ because: plugin }, each?.error);
  }

  get #all(): readonly Supervised[] {
    return this.#waves.flat();
  }

  #build(each: Supervised): PluginInstance<unknown> {
    const { plugin } = each;
    const needs: Record<string, unknown> = {};
    for (const [name, ref] of Object.entries(plugin.requires as Record<string, { id: string }>)) {
      const provider = this.#providers.get(ref.id);
      const other = this.#all.find((candidate) => candidate.plugin.id === provider);
      needs[name] = other === undefined ? this.#parts.given.get(ref.id) : other.instance?.service;
    }
    const scope = createScope(plugin, this.#parts, each.events, (undo) => {
      each.undo.push(undo);
      // Registered by something that outlived its plugin: let go of it at once.
      if (each.released) void this.#undoAll(each);
    });
    const instance = plugin.setup(needs, scope) as PluginInstance<unknown>;
    if (plugin.provides !== undefined && instance.service === undefined)
      throw errors.notProvided({ plugin: plugin.id, need: plugin.provides.id });
    return instance;
  }

  async #phase(
    phase: 'start' | 'ready',
    fallbackMs: number,
    hook: (each: Supervised, signal: AbortSignal) => Promise<void> | undefined,
  ): Promise<void> {
    for (const wave of this.#waves) {
      await Promise.all(
        wave.map(async (each) => {
          if (this.#stopping !== null || each.outcome !== 'ok' || this.#skip(each)) return;
          const ms = (each.plugin.deadlines?.[`${phase}Ms`] ?? fallbackMs) * this.#parts.deadlineScale;
          const began = performance.now();
          try {
            await within(ms, `${phase} of plugin "${each.plugin.id}"`, (signal) => hook(each, signal));
            each.phase = phase;
          } catch (error) {
            each.phase = phase;
            this.#fail(each, error);
            await this.#release(each);
          }
          each.took += performance.now() - began;
        }),
      );
      this.#report();
    }
  }

  async #stopAll(): Promise<void> {
    for (const wave of [...this.#waves].reverse()) await Promise.all(wave.map((each) => this.#release(each)));
  }

  /** Stops one plugin, also after half a start. */
  async #release(each: Supervised): Promise<void> {
    const { instance, plugin } = each;
    if (each.released) return;
    each.released = true;
    const ms = (plugin.deadlines?.stopMs ?? defaults.stopMs) * this.#parts.deadlineScale;
    await this.#attempt(plugin, 'stop', ms, (signal) => instance?.stop?.(signal));
    await this.#undoAll(each);
    each.events.close();
  }

  async #undoAll(each: Supervised): Promise<void> {
    for (let next = each.undo.pop(); next !== undefined; next = each.undo.pop()) {
      const { what, undo } = next;
      await this.#attempt(each.plugin, what, defaults.stopMs * this.#parts.deadlineScale, () => undo());
    }
  }

  async #attempt(
    plugin: AnyPlugin,
    what: string,
    ms: number,
    work: (signal: AbortSignal) => Promise<void> | void | undefined,
  ): Promise<void> {
    try {
      await within(ms, `${what} of plugin "${plugin.id}"`, work);
    } catch (error) {
      this.#parts.log.error({ plugin: plugin.id, what, err: error }, 'a plugin could not let go');
    }
  }

  /** True if something this plugin needs is not well; it is then marked as skipped. */
  #skip(each: Supervised): boolean {
    const because = needsOf(each.plugin, this.#providers).find(
      (need) => this.#all.find((candidate) => candidate.plugin.id === need)?.outcome !== 'ok',
    );
    if (because === undefined) return false;
    each.outcome = 'skipped';
    each.error = errors.dependencyFailed({ because });
    this.#parts.log.warn({ plugin: each.plugin.id, because }, 'plugin skipped');
    return true;
  }

  #fail(each: Supervised, error: unknown): void {
    each.outcome = 'failed';
    each.error = HearthError.from(error);
    this.#parts.log.error({ plugin: each.plugin.id, phase: each.phase, err: each.error }, 'plugin failed');
  }

  #report(): void {
    this.#parts.report(this.rows);
  }
}

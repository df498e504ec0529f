/**
 * Runs plugins through set-up, start, ready and stop: in waves by need, a deadline for every step, the reverse on the way
 * down. A plugin that fails fails alone; those that need it are skipped, with the reason.
 */
import { mkdir } from 'node:fs/promises';
import { type AnyMethod, type AnyPlugin, HearthError, type PluginInstance, type Route } from '@hearth/contract';
import { within } from './deadline.ts';
import { errors } from './errors.ts';
import type { EventBus } from './events.ts';
import { type Gate, pass } from './gate.ts';
import { needsOf, plan, providersOf } from './plan.ts';
import { createScope, pluginFolder, type ScopeParts } from './scope.ts';
import { type BootRow, rowOf, settle, type Supervised, supervised } from './supervised.ts';

export type { BootRow } from './supervised.ts';

export interface SupervisorParts extends ScopeParts {
  readonly events: EventBus;
  /** What the kernel provides, by reference id. */
  readonly given: ReadonlyMap<string, unknown>;
  readonly deadlineScale: number;
  /** By reference id: what may be away for long, and is waited for. */
  readonly gates?: ReadonlyMap<string, Gate>;
  /** Called after every phase. */
  readonly report: (rows: readonly BootRow[]) => void;
}

const defaults = { startMs: 10_000, readyMs: 10_000, stopMs: 5_000 };

export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #waves: readonly (readonly Supervised[])[];
  readonly #providers: ReadonlyMap<string, string>;
  readonly #held = Promise.withResolvers<undefined>();
  readonly #closing = new AbortController();
  #stopping: Promise<void> | null = null;

  /** Throws what `plan` throws. */
  constructor(plugins: readonly AnyPlugin[], parts: SupervisorParts) {
    this.#parts = parts;
    const given = new Set(parts.given.keys());
    this.#providers = providersOf(plugins, given);
    this.#waves = plan(plugins, given).map((wave) =>
      wave.map((plugin) => supervised(plugin, parts.events.for(plugin.id))),
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
  }

  async ready(): Promise<void> {
    await this.#phase('ready', defaults.readyMs, (each, signal) => each.instance?.ready?.(signal));
    for (const each of this.#all) if (each.outcome === 'ok') each.phase = 'running';
    this.#report();
  }

  /** Everything in reverse; every hook is tried. Safe to repeat: the second call waits for the first. */
  stop(): Promise<void> {
    this.#closing.abort();
    for (const each of this.#all) settle(each);
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Resolves when something has to wait for what is away; the boot then goes on by itself. */
  get held(): Promise<void> {
    return this.#held.promise;
  }

  /** Whether it is on the way down. */
  get stopped(): boolean {
    return this.#stopping !== null;
  }

  get rows(): readonly BootRow[] {
    return this.#all.map(rowOf);
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

  /** Waits for the plugin's start, but not for what is away; throws why it is not up. */
  async up(plugin: string): Promise<void> {
    const each = this.#all.find((candidate) => candidate.plugin.id === plugin);
    if (each?.done === false) await Promise.race([each.settled.promise, this.#held.promise]);
    const away = this.#all.map(({ waiting }) => waiting).find((error) => error !== null);
    if (each?.done === false && away !== undefined) throw away;
    await each?.settled.promise;
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
          if (this.#stopping !== null || each.outcome !== 'ok' || this.#skip(each)) return settle(each);
          const ms = (each.plugin.deadlines?.[`${phase}Ms`] ?? fallbackMs) * this.#parts.deadlineScale;
          try {
            await this.#throughGate(each, () =>
              within(ms, `${phase} of plugin "${each.plugin.id}"`, (signal) => hook(each, signal)),
            );
            each.phase = phase;
          } catch (error) {
            if (this.#closing.signal.aborted) return;
            each.phase = phase;
            this.#fail(each, error);
            await this.#release(each);
          } finally {
            settle(each);
          }
        }),
      );
      this.#report();
    }
  }

  /** Runs a hook once what it needs is there, and again after that went away in its midst. */
  async #throughGate(each: Supervised, hook: () => Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    const needs = Object.values(each.plugin.requires as Record<string, { id: string }>);
    const gate = needs.map(({ id }) => this.#parts.gates?.get(id)).find((found) => found !== undefined);
    for (;;) {
      if (gate !== undefined) await pass(gate, signal, (error) => this.#hold(each, error));
      each.waiting = null;
      const began = performance.now();
      try {
        return await hook();
      } catch (error) {
        if (gate?.isShut(HearthError.from(error)) !== true || signal.aborted) throw error;
        this.#parts.log.warn({ plugin: each.plugin.id, err: error }, 'a plugin begins anew');
      } finally {
        each.took += performance.now() - began;
      }
    }
  }

  #hold(each: Supervised, error: HearthError): void {
    each.waiting = error;
    this.#held.resolve(undefined);
    this.#report();
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

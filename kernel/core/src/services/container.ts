/**
 * The container of one service and the guest inside it: brought up, loaded with the script, asked, taken down, adopted.
 *
 * It may be gone while the service is installed: then the service costs nothing, and the next use brings it back.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type ContainerState, type GuestHello, type InitKind, watchedFiles } from '@hearth/contract';
import { Alarm } from './alarm.ts';
import { type Context, containerOf } from './context.ts';
import { checkHello, type EffectAnswer, resend } from './hello.ts';
import { errors } from './errors.ts';
import { GuestLink } from './link/guest-link.ts';
import { type WatchedVolume, watchedVolumes } from './parking/files.ts';
import { answerOf, type Patience, patience } from './patience.ts';

type Phase = GuestHello['phase'];

/** The guest answers by itself: this is long, and no reason to keep a container. */
const filesMs = 5000;
/** More than a terminal is waited for. */
const terminalMs = 40_000;

export interface ContainerEvents {
  /** Its init ended, or its guest stayed away, without being asked to. */
  died(reason: string): void;
  /** The script's init has resolved. */
  loaded(): void;
  effect(method: string, params: unknown): Promise<EffectAnswer>;
}

export class Container {
  readonly service: string;
  readonly link: GuestLink;
  readonly #context: Context;
  readonly #events: ContainerEvents;
  /** Of the run that is up or coming up; null while it is down. */
  #instance: string | null = null;
  #booting = false;
  #phase: Phase | null = null;
  #loading: Promise<void> | null = null;
  #patience: Patience | null = null;
  #greeted = Promise.withResolvers<void>();
  readonly #away = new Alarm();
  #outOfMemory = false;
  #mainAsked = false;

  constructor(service: string, context: Context, events: ContainerEvents) {
    this.service = service;
    this.#context = context;
    this.#events = events;
    this.link = new GuestLink({
      service,
      folder: join(context.places.run, 'rpc', service),
      log: context.log,
      now: context.now,
      accepts: (hello) => this.#instance === hello.instance || (this.#booting && this.#instance === null),
      arrived: (hello) => this.#arrived(hello),
      lost: () => this.#lost(),
      effect: (method, params) => events.effect(method, params),
    });
  }

  /** Whether it runs, as far as is known. */
  get up(): boolean {
    return this.#instance !== null;
  }

  /** The script's init has resolved in this run of the container. */
  get loaded(): boolean {
    return this.#phase === 'loaded' || this.#phase === 'running' || this.#phase === 'stopping';
  }

  /** Main runs, or was asked to. */
  get mainUp(): boolean {
    return this.#mainAsked || this.#phase === 'running';
  }

  get phase(): Phase | null {
    return this.#phase;
  }

  /** Takes over a container that runs already; `greeted` tells whether its guest came back in time. */
  async adopt(state: ContainerState): Promise<void> {
    this.#instance = state.instance;
    await this.link.open();
  }

  /** @throws services.guestSilent */
  async greeted(limitMs: number, signal?: AbortSignal): Promise<void> {
    const waiting = patience(limitMs, (seconds) => errors.guestSilent({ service: this.service, seconds }), signal);
    try {
      await waiting.race(this.#greeted.promise);
    } finally {
      waiting.end();
    }
  }

  /** Starts it if it is down, and waits for its guest. */
  async bringUp(signal?: AbortSignal): Promise<void> {
    if (this.#instance === null) {
      const row = this.#context.rows.get(this.service);
      await this.link.open();
      await this.#context.parked.rise(this.service);
      await this.#context.mounts.clear(this.service);
      for (const each of this.#context.parked.watching(this.service, null, this.service)) this.#context.stale(each);
      this.#context.callbacks.drop(this.service);
      this.#context.inputs.forget(this.service);
      this.#booting = true;
      this.#outOfMemory = false;
      try {
        const state = await this.#context.engine.call(
          'container.start',
          containerOf(row, this.#context.host()),
          signal ? { signal } : {},
        );
        this.#instance = state.instance;
      } finally {
        this.#booting = false;
      }
    }
    await this.greeted(this.#context.deadlines.hello, signal);
  }

  /** Brings it up and has the script initialised, once per run of the container. */
  load(kind: InitKind, signal?: AbortSignal): Promise<void> {
    this.#loading ??= this.#load(kind, signal).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async start(signal?: AbortSignal): Promise<void> {
    if (this.#phase === 'running') return;
    this.#context.inputs.forget(this.service);
    this.#mainAsked = true;
    try {
      await this.#ask('start', {}, this.#context.deadlines.start, signal);
      this.#phase = 'running';
    } finally {
      this.#mainAsked = false;
    }
  }

  async stop(limitMs: number): Promise<void> {
    this.#phase = 'stopping';
    await this.#ask('stop', {}, limitMs);
    this.#phase = 'loaded';
  }

  /** @param target the version the data is to fit next; null only when the service is being removed */
  async exit(target: string | null): Promise<void> {
    await this.#ask('exit', { id: randomUUID(), target }, this.#context.deadlines.exit);
    this.#phase = 'exited';
  }

  async execute(procedure: string, input: unknown, event: string, limitMs: number, signal?: AbortSignal) {
    const params = { id: event, procedure, input, timeout: limitMs };
    return this.#ask('execute', params, limitMs, signal, procedure);
  }

  /** What the guest itself answers to somebody at a terminal; the script has no part in it. */
  async terminal(method: string, params: object, signal?: AbortSignal): Promise<unknown> {
    const { service } = this;
    if (!this.loaded) throw errors.scriptFailed({ service, procedure: method, details: 'the service does not run' });
    const waiting = patience(
      terminalMs,
      (seconds) => errors.guestSlow({ service, procedure: method, seconds }),
      signal,
    );
    try {
      return answerOf(service, method, await this.link.ask(method, params, waiting.signal));
    } finally {
      waiting.end();
    }
  }

  /** In which volumes its script watches files; none where it cannot be told. */
  async watchedVolumes(): Promise<WatchedVolume[]> {
    const { service } = this;
    if (!this.loaded || !this.link.connected) return [];
    const waiting = patience(filesMs, (seconds) => errors.guestSlow({ service, procedure: 'files.watched', seconds }));
    try {
      const answer = await this.link.ask('files.watched', {}, waiting.signal);
      const { paths } = watchedFiles.parse(answerOf(service, 'files.watched', answer));
      return watchedVolumes(service, paths, this.#context.mounts.of(service));
    } catch (error) {
      this.#context.log.debug({ err: error, service }, 'A guest does not say which files are watched');
      return [];
    } finally {
      waiting.end();
    }
  }

  /** The script is alive and at work: a long `init` is given more time. */
  touch(): void {
    this.#patience?.touch();
  }

  /** Ends everything in it. Never waits longer than the engine's own grace and a little. */
  async takeDown(killAfterMs: number): Promise<void> {
    const { service } = this;
    const { callbacks, inputs, parked, engine, deadlines } = this.#context;
    const atRest = this.#phase === 'loaded';
    const files = atRest ? await this.watchedVolumes() : [];
    this.#forget();
    const limit = AbortSignal.timeout(killAfterMs + deadlines.containerStop * 6);
    await engine.call('container.stop', { service, killAfterMs }, { signal: limit });
    if (atRest) await parked.lay(service, { watches: callbacks.waiting(service), files, inputs: inputs.of(service) });
  }

  /** The engine says that a run of it ended. */
  ended(instance: string): void {
    if (instance !== this.#instance) return;
    const reason = this.#outOfMemory ? 'It ran out of memory and ended' : 'It ended by itself';
    this.#forget();
    this.#events.died(reason);
  }

  ranOutOfMemory(instance: string): void {
    if (instance === this.#instance) this.#outOfMemory = true;
  }

  async #load(kind: InitKind, signal?: AbortSignal): Promise<void> {
    await this.bringUp(signal);
    if (this.loaded) return;
    if (this.#phase === 'exited') throw errors.containerGone({ service: this.service });
    this.#phase = 'initialising';
    const { load, firstLoad } = this.#context.deadlines;
    await this.#ask('init', { id: randomUUID(), kind }, kind === null ? load : firstLoad, signal);
    this.#phase = 'loaded';
    this.#events.loaded();
  }

  async #ask(method: string, params: object, limitMs: number, signal?: AbortSignal, procedure = method) {
    const { service } = this;
    const waiting = patience(limitMs, (seconds) => errors.guestSlow({ service, procedure, seconds }), signal);
    this.#patience = waiting;
    try {
      // What an earlier kernel asked for is waited for, not asked for twice.
      const inherited = method === 'execute' ? null : this.link.requests.inherit(method);
      const answer = await (inherited === null
        ? this.link.ask(method, params, waiting.signal)
        : waiting.race(inherited));
      return answerOf(service, procedure, answer);
    } finally {
      waiting.end();
      if (this.#patience === waiting) this.#patience = null;
    }
  }

  #arrived(hello: GuestHello): void {
    this.#away.cancel();
    checkHello(this.#context.log, hello);
    this.#phase = hello.phase;
    this.#greeted.resolve();
    resend(this.#context, this.service, this.link, hello);
  }

  #lost(): void {
    if (this.#instance === null) return;
    this.#away.set(this.#context.deadlines.reconnect, () => void this.#look());
  }

  /** The guest stayed away for too long: whatever is left of the container is ended, and counted as a crash. */
  async #look(): Promise<void> {
    if (this.link.connected || this.#instance === null) return;
    try {
      await this.takeDown(0);
    } catch (error) {
      this.#context.log.error({ err: error, service: this.service }, 'A silent container could not be stopped');
    }
    this.#events.died('Its inside stopped answering');
  }

  #forget(): void {
    this.#away.cancel();
    this.#instance = null;
    this.#phase = null;
    this.#greeted.promise.catch(() => undefined);
    this.#greeted.reject(errors.containerGone({ service: this.service }));
    this.#greeted = Promise.withResolvers<void>();
    this.link.hangUp();
    this.link.requests.abandon(errors.containerGone({ service: this.service }));
    this.#context.callbacks.sleep(this.service);
  }
}

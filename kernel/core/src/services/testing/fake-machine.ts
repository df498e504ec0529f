/**
 * A machine in memory: images, volumes and containers that outlive the kernel, and a guest in each running container
 * that dials the service's socket and speaks the real protocol (contract/guest.ts).
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineClient, EngineEventMap, HealthEntry } from '@hearth/contract';
import { engineVerbs, HearthError } from '@hearth/contract';
import { FakeVolumes } from './fake-volumes.ts';
import { FakeGuest, type Script } from './fake-guest.ts';

export interface RunningContainer {
  readonly instance: string;
  readonly guest: FakeGuest;
  readonly index: number;
  readonly revision: string;
}

type Verb = keyof typeof engineVerbs;

export class FakeMachine {
  readonly images = new Map<string, Set<string>>();
  readonly volumes = new Map<string, Set<string>>();
  readonly versions = new Map<string, string>();
  readonly kept = new FakeVolumes(this);
  readonly containers = new Map<string, RunningContainer>();
  /** Made by `container.start`, gone by `container.remove`. */
  readonly made = new Set<string>();
  readonly calls: { verb: Verb; input: unknown }[] = [];
  readonly mounts: unknown[] = [];
  /** What the scripts of the next containers do, by service; by `<service> <revision>` where versions differ. */
  readonly scripts = new Map<string, Script>();
  /** Called before each verb: throws, hangs or looks. */
  before: (verb: Verb, input: unknown, signal?: AbortSignal) => Promise<void> | void = () => undefined;
  /** As `before`, for what counts the moments around each call. */
  around: (moment: 'before' | 'after', verb: Verb) => Promise<void> | void = () => undefined;
  diskFree = 100e9;
  /** What running containers are said to use. */
  leastMemory = 0;
  readonly #run: string;
  readonly #staging: string;
  readonly #clients = new Set<Map<string, Set<(value: never) => void>>>();
  readonly #buried = Promise.withResolvers<never>();
  #count = 0;

  constructor(run: string, staging: string) {
    this.#run = run;
    this.#staging = staging;
  }

  /** What one kernel calls; `crash` makes it deaf, as a dead process is. */
  client(): EngineClient & { crash(): void } {
    const listeners = new Map<string, Set<(value: never) => void>>();
    this.#clients.add(listeners);
    let alive = true;
    const dead = (): boolean => !alive;
    return {
      crash: () => {
        alive = false;
        this.#clients.delete(listeners);
      },
      call: async (verb, input, options = {}) => {
        if (dead()) return this.#buried.promise;
        const parsed = engineVerbs[verb].input.parse(input);
        this.calls.push({ verb, input: parsed });
        await Promise.race([this.around('before', verb), this.#buried.promise]);
        await Promise.race([this.before(verb, parsed, options.signal), this.#buried.promise]);
        options.signal?.throwIfAborted();
        if (dead()) return this.#buried.promise;
        const output = await this.#answer(verb, parsed as never);
        await Promise.race([this.around('after', verb), this.#buried.promise]);
        options.onProgress?.(1, 1);
        if (dead()) return this.#buried.promise;
        return engineVerbs[verb].output.parse(output) as never;
      },
      on: (event, listener) => {
        const set = listeners.get(event) ?? new Set();
        listeners.set(event, set.add(listener));
        return () => void set.delete(listener);
      },
    };
  }

  emit<K extends keyof EngineEventMap>(event: K, value: EngineEventMap[K]): void {
    for (const listeners of this.#clients) for (const listener of listeners.get(event) ?? []) listener(value as never);
  }

  /** Lets go of calls of kernels that are dead or hang. */
  bury(): void {
    this.#buried.promise.catch(() => undefined);
    this.#buried.reject(new Error('the machine is gone'));
  }

  /** The container's init dies. */
  die(service: string, how: 'exited' | 'outOfMemory' = 'exited'): void {
    const running = this.containers.get(service);
    if (running === undefined) throw new Error(`${service} does not run`);
    this.containers.delete(service);
    running.guest.end();
    if (how === 'outOfMemory') this.emit('container.outOfMemory', { service, instance: running.instance });
    this.emit('container.exited', { service, instance: running.instance });
  }

  /** The power goes: containers too. */
  powerCut(): void {
    for (const { guest } of this.containers.values()) guest.end();
    this.containers.clear();
  }

  guest(service: string): FakeGuest {
    const running = this.containers.get(service);
    if (running === undefined) throw new Error(`${service} does not run`);
    return running.guest;
  }

  /** Everything there is of a service on this machine. */
  traces(service: string): string[] {
    return [
      ...(this.images.has(service) ? ['images'] : []),
      ...(this.volumes.has(service) ? ['volumes'] : []),
      ...(this.kept.snapshots.has(service) ? ['snapshots'] : []),
      ...(this.containers.has(service) ? ['running container'] : []),
      ...(this.made.has(service) ? ['container'] : []),
    ];
  }

  async #answer(verb: Verb, input: never): Promise<unknown> {
    const answers = this.#answers as Partial<Record<Verb, (input: never) => unknown>>;
    const answer = answers[verb];
    if (answer === undefined) throw new Error(`the fake machine has no ${verb}`);
    return answer(input);
  }

  readonly #answers = {
    'host.prepare': () => ({
      kernel: '6.1.0',
      architecture: 'x86_64',
      cgroup: 'v1',
      lxc: '5.0.2',
      memory: 8e9,
      ids: { first: 100000, services: 253 },
      bridge: { name: 'test0', address: '10.9.8.1/24' },
      dataFileSystem: 'ext4',
      snapshots: false,
      unkept: ['ioWeight', 'disk'],
    }),
    'host.usage': () => ({
      diskFree: this.diskFree,
      diskTotal: 200e9,
      memoryAvailable: 4e9,
      memoryTotal: 8e9,
      load: 0.1,
    }),
    'image.import': async (input: { service: string; revision: string; archive: string }) => {
      const { size } = await stat(join(this.#staging, input.archive));
      const revisions = this.images.get(input.service) ?? new Set();
      this.images.set(input.service, revisions.add(input.revision));
      return { bytes: size, files: 1 };
    },
    'image.remove': ({ service, revision }: { service: string; revision: string | null }) => {
      const revisions = this.images.get(service);
      if (revision === null) revisions?.clear();
      else revisions?.delete(revision);
      if (revisions?.size === 0) this.images.delete(service);
      return {};
    },
    'volume.create': ({ service, volume }: { service: string; volume: string }) => {
      this.volumes.set(service, (this.volumes.get(service) ?? new Set()).add(volume));
      return {};
    },
    'volume.remove': ({ service }: { service: string }) => {
      this.volumes.delete(service);
      this.versions.delete(service);
      this.kept.forget(service);
      return {};
    },
    ...this.kept.answers,
    'volume.list': () =>
      [...this.volumes].flatMap(([service, names]) => [...names].map((volume) => ({ service, volume }))),
    'volume.version.read': ({ service }: { service: string }) => this.versions.get(service) ?? null,
    'volume.version.write': ({ service, version }: { service: string; version: string | null }) => {
      if (version === null) this.versions.delete(service);
      else this.versions.set(service, version);
      return {};
    },
    'container.start': ({ service, index, revision }: { service: string; index: number; revision: string }) => {
      if (this.images.get(service)?.has(revision) !== true)
        throw new HearthError({ code: 'engine.imageMissing', kind: 'NOT_FOUND', message: 'no such revision' });
      const known = this.containers.get(service);
      const running = known ?? this.#boot(service, index, revision);
      return { service, index, state: 'running', pid: 4711, instance: running.instance };
    },
    'container.limit': ({ service, limits }: { service: string; limits: { memory: number | null } }) => {
      if (limits.memory !== null && limits.memory < this.leastMemory)
        throw new HearthError({ code: 'engine.limitRefused', kind: 'CONFLICT', message: `${service} uses more` });
      return {};
    },
    'container.stop': ({ service }: { service: string }) => {
      this.containers.get(service)?.guest.end();
      this.containers.delete(service);
      return {};
    },
    'container.remove': ({ service }: { service: string }) => {
      this.made.delete(service);
      return {};
    },
    'container.list': () =>
      [...this.made].map((service) => {
        const running = this.containers.get(service);
        const instance = running?.instance ?? 'none';
        return { service, index: 2, state: running ? 'running' : 'stopped', pid: null, instance };
      }),
    'subcontainer.create': ({ guid }: { guid: string }) => ({ path: `/media/startos/subcontainers/${guid}`, guid }),
    'subcontainer.destroy': () => ({}),
    'mount.attach': (input: unknown) => {
      this.mounts.push(input);
      return {};
    },
    'log.read': () => ({ entries: [{ time: 1, source: 'guest', text: 'hello' }], cursor: '1' }),
    'container.stats': () => ({ memory: 1, memoryLimit: null, cpuSeconds: 1, pids: 3, outOfMemoryKills: 0 }),
  };

  #boot(service: string, index: number, revision: string): RunningContainer {
    this.#count += 1;
    const instance = `${service}-${this.#count}`;
    const script = this.scripts.get(`${service} ${revision}`) ?? this.scripts.get(service) ?? {};
    const guest = new FakeGuest(join(this.#run, 'rpc', service, 'host.sock'), instance, script);
    const running = { instance, guest, index, revision };
    this.containers.set(service, running);
    this.made.add(service);
    return running;
  }
}

export type Health = Record<string, Pick<HealthEntry, 'name' | 'result' | 'message'>>;

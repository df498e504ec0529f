/** A kernel's jobs and services on a fake machine; the machine and the disk outlive it. */
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  AnyMethod,
  Jobs,
  Manifest,
  Network,
  PackageSource,
  Places,
  ServiceRow,
  Services,
  Slice,
} from '@hearth/contract';
import { createJobs } from '../../jobs/jobs.ts';
import type { Journal } from '../../state/journal.ts';
import type { Store } from '../../state/store.ts';
import { type DyingStore, dyingStore, memoryEvents, quietLog } from '../../jobs/testing/dying-kernel.ts';
import { createServices } from '../services.ts';
import { Faults } from './faults.ts';
import type { Script } from './fake-guest.ts';
import { FakeMachine } from './fake-machine.ts';
import { makePackage } from './fake-package.ts';

export interface Kernel {
  readonly services: Services;
  readonly jobs: Jobs;
  readonly events: ReturnType<typeof memoryEvents>;
  readonly methods: ReadonlyMap<string, AnyMethod>;
  /** An orderly end. */
  stop(): Promise<void>;
}

/** Whether it is started, and what of its manifest is out of the ordinary. */
export type Put = Partial<Manifest> & { readonly start?: boolean };

export class House {
  readonly folder: string;
  readonly places: Places;
  readonly machine: FakeMachine;
  readonly faults = new Faults();
  network: Network | null = null;
  /** Archives in its folder, by their name: what `put` packs is there. */
  readonly shelf: PackageSource = {
    name: 'shelf',
    fetch: async (input, destination) => {
      await copyFile(join(this.folder, String(input['file'])), destination);
      return { registry: null, commitment: null };
    },
  };
  #store!: DyingStore;
  readonly #slices = new Map<string, Slice<unknown>>();
  #current: { kernel: Kernel; crash: () => Promise<void> } | null = null;

  private constructor(folder: string) {
    this.folder = folder;
    this.places = {
      data: join(folder, 'd'),
      run: join(folder, 'r'),
      staging: join(folder, 'd', 'staging'),
      runtime: join(folder, 'x'),
      httpsPort: 8443,
      httpPort: 8080,
      kernelSocket: join(folder, 'r', 'kernel.sock'),
    };
    this.machine = new FakeMachine(this.places.run, this.places.staging);
    this.machine.around = (moment, verb) => this.faults.point(`${moment} ${verb}`);
  }

  /** @param journal on which its kernels stand; in memory unless told */
  static async build(journal?: (folder: string) => Journal): Promise<House> {
    const house = new House(await mkdtemp(join(tmpdir(), 'hf-')));
    house.#store = await dyingStore(journal?.(join(house.folder, 'journal')), {
      before: () => house.faults.point('before the journal'),
      after: () => house.faults.point('after the journal'),
    });
    await mkdir(join(house.places.staging, 'uploads'), { recursive: true });
    return house;
  }

  /** Boots a kernel on what is there. @param scale of its deadlines */
  async boot(scale = 0.02, sources: readonly PackageSource[] = [this.shelf]): Promise<Kernel> {
    const dying = this.#store;
    const store: Store = {
      epoch: dying.store.epoch,
      rev: dying.store.rev,
      snapshot: () => dying.store.snapshot(),
      history: (options) => dying.store.history(options),
      close: () => dying.store.close(),
      slice: (definition) => {
        const slice = dying.store.slice(definition);
        this.#slices.set(definition.name, slice);
        return slice;
      },
      follow: (listener) => dying.store.follow(listener),
      whole: () => dying.store.whole(),
    };
    const engine = this.machine.client();
    const events = memoryEvents();
    const clock = { now: () => Date.now() };
    const shared = { store, events, log: quietLog, clock } as const;
    const jobs = createJobs({ ...shared, pauseMs: 500 * scale });
    const services = createServices({
      ...shared,
      config: { deadlineScale: scale },
      engine,
      jobs: jobs.service,
      places: this.places,
      network: () => this.network,
    });
    const signal = new AbortController().signal;
    for (const source of sources) services.service.registerSource(source);
    await services.start?.(signal);
    await jobs.ready?.(signal);
    await services.ready?.(signal);
    const kernel: Kernel = {
      services: services.service,
      jobs: jobs.service,
      events,
      methods: new Map([...jobs.methods, ...services.methods].map((method) => [method.name, method])),
      stop: async () => {
        await jobs.stop?.(signal);
        await services.stop?.(signal);
      },
    };
    this.faults.onKill = () => {
      engine.crash();
      dying.die();
    };
    const crash = async (): Promise<void> => {
      engine.crash();
      this.#store = await dying.crash();
      await services.stop?.(signal);
    };
    this.#current = { kernel, crash };
    return kernel;
  }

  /** A service with that script, installed and at rest: running unless told otherwise. Also an update of what is there. */
  async put(kernel: Kernel, id: string, script: Script = {}, how: Put = {}): Promise<ServiceRow> {
    const { start = true, ...manifest } = how;
    await makePackage(join(this.folder, id), id, { manifest });
    this.machine.scripts.set(id, script);
    const { job } = await kernel.services.install({ id, title: id, source: 'shelf', input: { file: id }, start });
    const row = await kernel.jobs.wait(job);
    if (row.state !== 'succeeded') throw new Error(JSON.stringify(row.error));
    return actual(kernel, id, start ? 'running' : 'stopped');
  }

  /** kill -9: what was not durable is gone, the containers go on. */
  async crash(): Promise<void> {
    await this.#current?.crash();
    this.#current = null;
  }

  /** What the running kernel keeps in a slice, also in a private one. */
  slice(name: string): unknown {
    return this.#slices.get(name)?.read();
  }

  /** The volatile slice of the running kernel's jobs. */
  progress(): unknown {
    return this.#store.store.snapshot().value['jobProgress'];
  }

  async demolish(): Promise<void> {
    await this.crash();
    this.machine.powerCut();
    this.machine.bury();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Files and folders of a service, and whatever is on its way. */
  async litter(service: string): Promise<string[]> {
    const names = async (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
    const packages = await names(join(this.places.data, 'packages', service));
    const staging = (await names(this.places.staging)).filter((name) => name !== 'uploads');
    const sockets = await names(join(this.places.run, 'rpc', service));
    return [...packages.map((name) => `packages/${name}`), ...staging.map((name) => `staging/${name}`), ...sockets];
  }
}

/** Waits for a fact, looking often; fails with what there is instead. */
export async function until<T>(look: () => T | null | undefined | false, what: string, limitMs = 15_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function actual(kernel: Kernel, service: string, state: ServiceRow['status']['actual']): Promise<ServiceRow> {
  return until(
    () => {
      const row = kernel.services.read(service);
      return row?.status.actual === state ? row : null;
    },
    `${service} to be ${state}; it is ${JSON.stringify(kernel.services.read(service)?.status)}`,
  );
}

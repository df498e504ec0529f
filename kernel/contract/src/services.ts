/** What plugins may ask of the services the kernel runs. */
import type { EngineClient } from './engine.ts';
import type { Jobs, StepContext } from './jobs.ts';
import type { Manifest } from './manifest.ts';
import type { PluginHostnameInfo } from './network.ts';
import type { ServicePlan } from './plan.ts';
import type { HealthEntry, ServiceRow } from './service.ts';

/** Where an archive comes from: the marketplace, a backup, an uploaded file. Sources are named, so that a job can be taken up again after a crash. */
export interface PackageSource {
  /** Stable: stands in the journal. `registry`, `backup`, `file`. */
  readonly name: string;
  /**
   * Puts the archive at `destination` (a path in the staging folder, to be created). May take long: build, download.
   * The kernel then verifies all of it; what `commitment` says must match.
   */
  fetch(
    input: Record<string, unknown>,
    destination: string,
    context: Pick<StepContext<unknown, object>, 'signal' | 'progress' | 'say' | 'log'>,
  ): Promise<{
    readonly registry: string | null;
    /** Null when the source vouches for nothing (a sideload). `rootSighash` in hex. */
    readonly commitment: { readonly rootSighash: string; readonly rootMaxsize: number } | null;
  }>;
  /** What `fetch` would bring, without bringing it; nothing is proved yet. `bytes` of the whole, `fetch` of it still to come. */
  look?(
    input: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<{
    readonly manifest: Manifest;
    /** Hex; null when it is not there before it is made. */
    readonly rootSighash: string | null;
    readonly bytes: number;
    readonly fetch: number;
  }>;
  /** Fills the freshly made, empty volumes of a service that is being restored, before its script first runs. */
  fill?(
    input: Record<string, unknown>,
    service: string,
    context: Pick<StepContext<unknown, object>, 'signal' | 'progress' | 'say' | 'log'>,
  ): Promise<void>;
}

export interface InstallRequest {
  /** The service as the caller knows it; the archive's manifest must agree. */
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly input: Record<string, unknown>;
  /** `restore` runs `fill` and then `init(restore)`; otherwise install or update, as the id is known or not. */
  readonly restore?: boolean;
  /** Start it when it is installed. */
  readonly start?: boolean;
  /** An update lets the present version go once the new one is well, rather than when it has been for a while. */
  readonly quickTrial?: boolean;
  /** Hex root sighash of a plan: what was planned is what is installed, or nothing. */
  readonly expect?: string;
  /** `ServicePlan.id`: what was planned is what is done, or nothing. */
  readonly plan?: string;
}

/** One volume (or a part of it) that a package's `createBackup` asked to be kept. */
export interface BackupPair {
  readonly volume: string;
  /** Beneath the volume; `''` for all of it. */
  readonly subpath: string;
  /** Beneath `/media/startos/backup`. */
  readonly destination: string;
  readonly excludes: readonly string[];
}

export interface Services {
  read(service: string): ServiceRow | null;
  list(): readonly ServiceRow[];
  health(service: string): Readonly<Record<string, HealthEntry>>;
  registerSource(source: PackageSource): void;
  /** What `install` would do. */
  plan(request: InstallRequest, signal: AbortSignal): Promise<ServicePlan>;
  /** Starts the journalled install, update or restore job. */
  install(request: InstallRequest): Promise<{ job: string; rev: number }>;
  /** Asks for a state and returns at once; the row tells how it goes. */
  start(service: string): Promise<number>;
  /** `force`: at once, without asking its script any longer. */
  stop(service: string, options?: { readonly force?: boolean }): Promise<number>;
  restart(service: string): Promise<number>;
  /** `keepData` leaves the volumes (a later install finds them). */
  uninstall(
    service: string,
    options: { readonly keepData: boolean; readonly force: boolean; readonly plan?: string },
  ): Promise<{ job: string; rev: number }>;
  /**
   * Holds the service still (stops its main if it runs), lets its script say what is to be kept, runs `work`, and
   * brings it back to what it was. Other moves of the service wait.
   */
  backUp<T>(service: string, work: (pairs: readonly BackupPair[]) => Promise<T>, signal: AbortSignal): Promise<T>;
  markBackedUp(service: string, at: number): Promise<void>;
  /** All addresses that a confined plugin gives to interfaces of services; what it gave before and is not among them goes. */
  giveAddresses(plugin: string, addresses: readonly PluginHostnameInfo[]): Promise<void>;
  /** The verified archive kept of an installed service; a path beneath the data folder. */
  archive(service: string): string;
  /** Where the container of a service is on the bridge. */
  address(service: string): string;
}

export type { EngineClient, Jobs, Manifest };

/** What the jobs on services share: their input, what one step leaves for the next, and where things lie. */
import { join } from 'node:path';
import type { CheckResult, InstallRequest, Manifest, ServicePlan, ServiceRow } from '@hearth/contract';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { InitProgress } from './init-progress.ts';
import type { Sources } from './sources.ts';

export interface Workshop {
  readonly context: Context;
  readonly sources: Sources;
  readonly tasks: Tasks;
  readonly initProgress: InitProgress;
  readonly actor: (service: string) => Actor;
  /** Hangs up and forgets the actor of a service that is gone. */
  readonly dismiss: (service: string) => Promise<void>;
}

export interface InstallInput extends InstallRequest {
  /** What was shown before, if it was: what the archive turns out to be must be just that. */
  readonly planned?: ServicePlan;
}

/** What verification found, and what was there before. All of it is known before the first change to the machine. */
export interface Found {
  readonly manifest: Manifest;
  readonly package: Omit<ServiceRow['package'], 'installedAt'>;
  /** Paths in the archive. */
  readonly icon: string;
  readonly images: readonly string[];
  readonly assets: boolean;
  readonly instructions: boolean;
  /** Volumes of an earlier installation are kept: a failure must not take them. */
  readonly hadData: boolean;
  readonly hadIndex: boolean;
}

/** The parts of a row that an update replaces, and that come back if it fails. */
export type Previous = Pick<ServiceRow, 'manifest' | 'package' | 'hosts' | 'actions' | 'tasks' | 'dependencies'>;

/** Checks, by id, of the service and of what depends on it, before an update. */
export interface Before {
  readonly checks: Readonly<Record<string, CheckResult>>;
  readonly dependants: Readonly<Record<string, Readonly<Record<string, CheckResult>>>>;
}

export interface InstallScratch {
  source?: { registry: string | null; commitment: { rootSighash: string; rootMaxsize: number } | null };
  found?: Found;
  previous?: Previous;
  before?: Before;
  /** Set once the data is safe aside. */
  aside?: { bytes: number; shared: boolean; needed: number };
  broughtBack?: boolean;
  /** What the old version's `exit` is told it is left for. */
  target?: string;
}

export function foundIn(scratch: InstallScratch): Found {
  if (scratch.found === undefined) throw new Error('a step ran before the package was verified');
  return scratch.found;
}

/** Relative to the staging folder: what one job has on its way. */
export const stagedArchive = (job: string): string => `${job}/package.s9pk`;

export function stagingOf(context: Pick<Context, 'places'>, job: string): string {
  return join(context.places.staging, job);
}

/** Relative to the data folder. */
export function keptFolder(service: string, rootSighash: string): string {
  return `packages/${service}/${rootSighash}`;
}

export function keptArchive(service: string, rootSighash: string): string {
  return `${keptFolder(service, rootSighash)}/package.s9pk`;
}

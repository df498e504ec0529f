/** What a boot stands on before there is any state: configuration, log, places, and the way back to an earlier state. */
import { join } from 'node:path';
import type { AnyPlugin, EngineClient, Log, Places } from '@hearth/contract';
import type { PartFactories } from './assembly.ts';
import { type KernelConfig, loadConfig } from './config.ts';
import { prepareFolders } from './folders.ts';
import { createLog, rememberRecent } from './log.ts';
import type { Clock } from './parts.ts';
import { recover } from './recovery/recover.ts';
import { Snapshots } from './recovery/snapshots.ts';
import type { Journal } from './state/journal.ts';

export interface KernelOptions {
  readonly plugins: readonly AnyPlugin[];
  /** Of the release: `0.1.0`. */
  readonly version: string;
  /** `--data DIR` and so on: see `configReference`. */
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly systemFile?: string;
  /** Ends this process, to be started again; where nobody would, methods that need it leave it to the owner. */
  readonly restart?: () => void;
}

/** What tests put in place of the real thing. */
export interface KernelReplacements {
  readonly journal?: Journal;
  readonly engine?: EngineClient;
  readonly log?: Log;
  readonly clock?: Clock;
  /** By reference id. */
  readonly given?: ReadonlyMap<string, unknown>;
}

export interface Ground {
  readonly options: KernelOptions;
  readonly factories: PartFactories;
  readonly replacements: KernelReplacements;
  readonly config: KernelConfig;
  readonly log: Log;
  readonly places: Places;
  readonly clock: Clock;
  readonly snapshots: Snapshots;
  readonly recent: () => readonly string[];
}

/** Does also what was asked of the state before the last stop: going back to a snapshot, or a repair. */
export async function layGround(
  options: KernelOptions,
  factories: PartFactories,
  replacements: KernelReplacements,
): Promise<Ground> {
  const config = loadConfig(options);
  const recent = rememberRecent();
  const log = replacements.log ?? createLog(config.logLevel, (line) => recent.write(line));
  const places = placesOf(config);
  await prepareFolders(places);
  const clock = replacements.clock ?? { now: () => Date.now() };
  const folder = join(places.data, 'kernel');
  const snapshots = new Snapshots(join(folder, 'snapshots'));
  await recover({ folder, snapshots, version: options.version, log, now: () => clock.now() });
  return { options, factories, replacements, config, log, places, clock, snapshots, recent: () => recent.lines };
}

function placesOf(config: KernelConfig): Places {
  return Object.freeze({
    data: config.data,
    run: config.run,
    staging: join(config.data, 'staging'),
    runtime: config.runtime,
    httpsPort: config.port,
    httpPort: config.httpPort,
    kernelSocket: join(config.run, 'kernel/kernel.sock'),
  });
}

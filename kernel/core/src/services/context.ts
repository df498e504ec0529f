/** What every part of the services works with. Made once by `createServices`. */
import type { EngineClient, Events, HostFeatures, Log, Manifest, Network, Places, ServiceRow } from '@hearth/contract';
import type { Allocations } from './allocations.ts';
import type { Callbacks } from './callbacks.ts';
import type { Deadlines } from './deadlines.ts';
import type { Health } from './health.ts';
import { limitsOf } from './limits/limits.ts';
import type { Mail } from './mail/mail.ts';
import type { Mounts } from './parking/mounts.ts';
import type { Parked } from './parking/parked.ts';
import type { Rows } from './rows.ts';
import type { KnownInputs } from './tasks/known-inputs.ts';

export interface Context {
  readonly rows: Rows;
  readonly health: Health;
  readonly allocations: Allocations;
  readonly callbacks: Callbacks;
  readonly parked: Parked;
  readonly mounts: Mounts;
  /** Something changed, or may soon, for a service that lies parked: it is brought back for a while. */
  readonly stale: (service: string) => void;
  readonly inputs: KnownInputs;
  readonly mail: Mail;
  readonly engine: EngineClient;
  readonly events: Events;
  readonly log: Log;
  readonly places: Places;
  readonly deadlines: Deadlines;
  readonly network: () => Network | null;
  readonly now: () => number;
  /** What the engine found; known once the services have started. */
  readonly host: () => HostFeatures;
}

/** The container's address on the bridge. */
export function addressOf(context: Pick<Context, 'host'>, index: number): string {
  const own = context.host().bridge.address.split('/')[0] ?? '';
  return `${own.split('.').slice(0, 3).join('.')}.${index}`;
}

/** How a service's container is started. */
export function containerOf(row: ServiceRow, host: HostFeatures) {
  const { manifest } = row;
  return {
    service: row.id,
    index: row.index,
    revision: row.package.rootSighash,
    volumes: [...manifest.volumes],
    images: Object.keys(manifest.images),
    limits: limitsOf(row, host),
    devices: {
      fuse: manifest.userspaceFilesystems,
      tun: manifest.virtualNetworking,
      acceleration: manifest.hardwareAcceleration,
    },
    language: 'en_US.UTF-8',
  };
}

export function titleOf(manifest: Manifest): string {
  return manifest.title === '' ? manifest.id : manifest.title;
}

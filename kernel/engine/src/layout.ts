/** Where everything of one engine lives and what it is called: pure functions of the configuration. */
import { join } from 'node:path';
import type { EngineConfig } from '@hearth/contract';
import { errors } from './errors.ts';

export const idsPerService = 65_536;

export interface Layout {
  /** `<data>/engine`: 0700 root, mounted nosuid and nodev. */
  readonly engine: string;
  readonly images: string;
  readonly volumes: string;
  /** Volumes as they were before an update. */
  readonly snapshots: string;
  readonly logs: string;
  /** Upper and work folders of subcontainers. */
  readonly uppers: string;
  readonly restores: string;
  readonly resticCache: string;
  readonly staging: string;
  readonly proxy: string;
  readonly socket: string;
  /** One file per container that runs: what must be known to adopt it. */
  readonly states: string;
  /** Per service: what is bound into its container (images, script, assets, resolv.conf). */
  readonly views: string;
  readonly subcontainers: string;
  readonly rpc: string;
  readonly consoles: string;
  readonly names: string;
  readonly backups: string;
  /** Sockets of the kernel at which it serves repositories. */
  readonly targets: string;
  /** Where restic, in a mount namespace of its own, sees the repository. */
  readonly repository: string;
}

export function layoutOf({ data, run }: Pick<EngineConfig, 'data' | 'run'>): Layout {
  const engine = join(data, 'engine');
  return {
    engine,
    images: join(engine, 'images'),
    volumes: join(engine, 'volumes'),
    snapshots: join(engine, 'snapshots'),
    logs: join(engine, 'logs'),
    uppers: join(engine, 'uppers'),
    restores: join(engine, 'restores'),
    resticCache: join(engine, 'restic-cache'),
    staging: join(data, 'staging'),
    proxy: join(data, 'proxy'),
    socket: join(run, 'engine.sock'),
    states: join(run, 'containers'),
    views: join(run, 'views'),
    subcontainers: join(run, 'sub'),
    rpc: join(run, 'rpc'),
    consoles: join(run, 'consoles'),
    names: join(run, 'names'),
    backups: join(run, 'backups'),
    targets: join(run, 'kernel/targets'),
    repository: join(run, 'repository'),
  };
}

/** How many services the id block holds: block 1 of it serves the engine's own unprivileged work. */
export function serviceCapacity(config: Pick<EngineConfig, 'ids'>): number {
  return Math.min(253, Math.floor(config.ids.count / idsPerService) - 1);
}

/** First id of the 65,536 of a service. Throws `engine.indexUnavailable` beyond the block. */
export function idBase(config: Pick<EngineConfig, 'ids'>, index: number): number {
  const services = serviceCapacity(config);
  if (index < 2 || index > services + 1) throw errors.indexUnavailable({ index, services });
  return config.ids.first + (index - 1) * idsPerService;
}

/** The id that rebuilds images of a service: in block 1, so nobody else on the machine has it. */
export function workerId(config: Pick<EngineConfig, 'ids'>, index: number): number {
  return config.ids.first + index;
}

export function bridgeAddress(config: Pick<EngineConfig, 'subnet'>): string {
  return `${config.subnet}.1`;
}

export function serviceAddress(config: Pick<EngineConfig, 'subnet'>, index: number): string {
  return `${config.subnet}.${index}`;
}

/** Fixed by the address: a random one costs 30 s of stale ARP after every restart. */
export function macAddress(config: Pick<EngineConfig, 'subnet'>, index: number): string {
  const bytes = `${config.subnet}.${index}`.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}

/** Host end of a container's cable: the bridge's name and three digits, at most 15 characters. */
export function vethName(config: Pick<EngineConfig, 'bridge'>, index: number): string {
  return `${config.bridge}${String(index).padStart(3, '0')}`;
}

export function containerName(config: Pick<EngineConfig, 'containerPrefix'>, service: string): string {
  return `${config.containerPrefix}${service}`;
}

/** Our nft tables (inet and bridge family) carry the bridge's name, so that two Hearths do not meet. */
export function tableName(config: Pick<EngineConfig, 'bridge'>): string {
  return `hearth_${config.bridge}`;
}

/** What the volumes of a machine in memory hold, and the snapshots of them. */
import { HearthError } from '@hearth/contract';

interface Snapshot {
  readonly data: Record<string, string>;
  readonly volumes: readonly string[];
  readonly version: string | undefined;
}

interface Disk {
  readonly volumes: Map<string, Set<string>>;
  readonly versions: Map<string, string>;
  readonly containers: ReadonlyMap<string, unknown>;
}

export class FakeVolumes {
  /** Contents by service, by file. */
  readonly data = new Map<string, Record<string, string>>();
  readonly snapshots = new Map<string, Map<string, Snapshot>>();
  /** What the volumes of every service are said to take. */
  bytes = 1000;
  shared = false;
  readonly #disk: Disk;
  readonly #restored = new Set<string>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  write(service: string, file: string, text: string): void {
    this.data.set(service, { ...this.data.get(service), [file]: text });
  }

  forget(service: string): void {
    this.data.delete(service);
    this.snapshots.delete(service);
  }

  readonly answers = {
    'volume.measure': () => ({ bytes: this.bytes, shared: this.shared }),
    'volume.snapshot': ({ service, name }: { service: string; name: string }) => {
      this.#refuseRunning(service);
      const { volumes, versions } = this.#disk;
      const kept = this.snapshots.get(service) ?? new Map<string, Snapshot>();
      this.snapshots.set(service, kept);
      const data = structuredClone(this.data.get(service) ?? {});
      if (!kept.has(name))
        kept.set(name, { data, volumes: [...(volumes.get(service) ?? [])], version: versions.get(service) });
      return { bytes: this.bytes, shared: this.shared };
    },
    'volume.restore': ({ service, name }: { service: string; name: string }) => {
      this.#refuseRunning(service);
      const { volumes, versions } = this.#disk;
      const kept = this.snapshots.get(service)?.get(name);
      if (kept === undefined && !this.#restored.has(name))
        throw new HearthError({ code: 'engine.noSnapshot', kind: 'NOT_FOUND', message: 'nothing was put aside' });
      if (kept === undefined) return {};
      this.data.set(service, kept.data);
      volumes.set(service, new Set(kept.volumes));
      if (kept.version === undefined) versions.delete(service);
      else versions.set(service, kept.version);
      this.snapshots.get(service)?.delete(name);
      this.#restored.add(name);
      return {};
    },
    'volume.drop': ({ service, name }: { service: string; name: string | null }) => {
      const kept = this.snapshots.get(service);
      if (name === null) kept?.clear();
      else kept?.delete(name);
      if (kept?.size === 0) this.snapshots.delete(service);
      return {};
    },
  };

  #refuseRunning(service: string): void {
    if (this.#disk.containers.has(service))
      throw new HearthError({ code: 'engine.serviceRunning', kind: 'CONFLICT', message: `${service} runs` });
  }
}

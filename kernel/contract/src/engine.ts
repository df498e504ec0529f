/**
 * The engine port: what only root can do, as messages.
 *
 * Plain data in, events out; no closures, no streams but file paths, every path relative to a root the engine knows. A
 * small process of its own serves it on a socket only the kernel may open. The engine checks every argument against
 * these schemas and against what it finds on the machine, and never trusts the kernel to have done so.
 */
import { z } from 'zod';
import type { WireError } from './errors.ts';
import { guid, imageId, packageId, relativePath, volumeId } from './ids.ts';

/** From 2 up. The engine derives from it: id range, address (`<subnet>.<index>`), MAC, veth name. */
const index = z.number().int().min(2).max(254);
const port = z.number().int().min(1).max(65535);
const bytes = z.number().int().nonnegative();
const nothing = z.object({});
/** Names the set of images of one package: the beginning of its root sighash, hex. */
const revision = z.string().regex(/^[0-9a-f]{16,64}$/);
const snapshotName = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);

export const containerLimits = z.object({
  /** Bytes. */
  memory: bytes.nullable(),
  /** 1 to 10,000; 100 is the default weight. */
  cpuWeight: z.number().int().min(1).max(10000).nullable(),
  pids: z.number().int().min(16).nullable(),
  /** 1 to 10,000; 100 is the default weight. Ignored where the machine cannot keep it. */
  ioWeight: z.number().int().min(1).max(10000).nullable().default(null),
  /** Bytes of all its volumes together. Kept where the file system can. */
  disk: bytes.nullable().default(null),
});

export const bridgeRule = z.object({
  service: packageId,
  index,
  /** Services whose addresses and ports this one may reach; everything else on the bridge is refused. */
  mayReach: z.array(z.object({ index, protocol: z.enum(['tcp', 'udp']), port })).max(1024),
  /** Ports of the machine itself, at the bridge's address, that it may reach: the proxy's, for declared dependencies. */
  hostPorts: z
    .array(z.object({ protocol: z.enum(['tcp', 'udp']), port }))
    .max(1024)
    .default([]),
  /** Whether it may reach beyond the machine. */
  internet: z.boolean(),
});

/** A host port handed to a service as it is (no TLS ended here): file synchronisation, chat federation. */
export const portForward = z.object({
  protocol: z.enum(['tcp', 'udp']),
  hostPort: port,
  index,
  servicePort: port,
  /** So many ports beside one another, these the first; one when absent. */
  count: z.number().int().min(1).max(500).optional(),
  /** At the bridge's address alone, for services: nobody outside can reach it. */
  within: z.boolean().optional(),
});

export const hostFeatures = z.object({
  kernel: z.string(),
  architecture: z.enum(['x86_64', 'aarch64']),
  cgroup: z.enum(['v1', 'v2']),
  lxc: z.string(),
  memory: bytes,
  /** The first id of the block services are mapped into, and how many services it holds. */
  ids: z.object({ first: z.number().int(), services: z.number().int() }),
  bridge: z.object({ name: z.string(), address: z.string() }),
  /** The file system of the data folder and whether it can snapshot. */
  dataFileSystem: z.string(),
  snapshots: z.boolean(),
  /** Limits that this machine cannot keep. `memoryHigh`: nothing is taken back before a program is ended. */
  unkept: z.array(z.enum(['memoryHigh', 'ioWeight', 'disk'])).default([]),
});
export type HostFeatures = z.infer<typeof hostFeatures>;

export const containerState = z.object({
  service: packageId,
  index,
  state: z.enum(['running', 'stopped']),
  /** Of its init, as the host sees it. */
  pid: z.number().int().nullable(),
  /** Identity of this run of the container: changes with every start. */
  instance: z.string(),
});
export type ContainerState = z.infer<typeof containerState>;

const restic = {
  repository: z.discriminatedUnion('kind', [
    /** A folder of this machine that the owner named, in one of those meant for backups (`EngineConfig.backupFolders`). */
    z.object({ kind: z.literal('folder'), path: z.string().startsWith('/').max(4096) }),
    /** What the kernel serves by restic's REST protocol at `<run>/kernel/targets/<socket>.sock`, while the call lasts. */
    z.object({ kind: z.literal('served'), socket: z.string().regex(/^[0-9a-f]{24}$/) }),
  ]),
  password: z.string().min(1).max(1024),
};

export const snapshotInfo = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  time: z.number(),
  service: packageId,
  tags: z.array(z.string()),
});
export type SnapshotInfo = z.infer<typeof snapshotInfo>;

/** name -> what goes in, what comes out. Verbs that say `progress` send `{done, total}` in bytes while they run. */
export const engineVerbs = {
  /** Makes bridge, firewall base, folders and shared mounts ready. Safe to repeat; changes nothing that runs. */
  'host.prepare': { input: nothing, output: hostFeatures },
  /**
   * The opposite: stops every container of ours (TERM to the inits at once, KILL after `killAfterMs`), the proxy and the
   * name server, and takes away bridge, firewall and mounts. Data stays. For `npm stop` and for tests.
   */
  'host.release': { input: z.object({ killAfterMs: z.number().int().min(0).max(600000) }), output: nothing },
  /** Free and total bytes of the data folder, memory of the machine. */
  'host.usage': {
    input: nothing,
    output: z.object({
      diskFree: bytes,
      diskTotal: bytes,
      memoryAvailable: bytes,
      memoryTotal: bytes,
      load: z.number(),
    }),
  },
  /**
   * Rebuilds a squashfs in user space with the ids of the service, in an unprivileged, bounded process; the host kernel
   * never parses the stranger's file. Idempotent. Progress. `archive` is relative to the staging folder.
   */
  'image.import': {
    input: z.object({
      service: packageId,
      index,
      kind: z.enum(['image', 'javascript', 'assets']),
      /** `main` for an image id; `javascript` or `assets` otherwise. */
      name: imageId,
      /** The set this belongs to: old and new live side by side in an update. */
      revision,
      archive: relativePath,
      /** Image metadata as packed: `<image>.json` and `<image>.env`. */
      config: z.string().max(65536).nullable(),
      environment: z.string().max(65536).nullable(),
    }),
    output: z.object({ bytes, files: z.number().int() }),
  },
  /** Drops a whole revision of a service's images, or all of them. */
  'image.remove': { input: z.object({ service: packageId, revision: revision.nullable() }), output: nothing },
  'image.list': {
    input: nothing,
    output: z.array(z.object({ service: packageId, revision: z.string(), bytes })),
  },
  'volume.create': { input: z.object({ service: packageId, volume: volumeId }), output: nothing },
  /** All volumes of a service, with everything in them. */
  'volume.remove': { input: z.object({ service: packageId }), output: nothing },
  'volume.list': {
    input: nothing,
    output: z.array(z.object({ service: packageId, volume: z.string() })),
  },
  /** What all volumes of a service take on the disk, and whether a snapshot of them shares that or takes it again. */
  'volume.measure': {
    input: z.object({ service: packageId }),
    output: z.object({ bytes, shared: z.boolean() }),
  },
  /** All volumes of a service, and the data version, put aside under a name. Idempotent; its container must be down. */
  'volume.snapshot': {
    input: z.object({ service: packageId, name: snapshotName }),
    output: z.object({ bytes, shared: z.boolean() }),
  },
  /** The volumes as they were, in place of what is there; uses the snapshot up. May be asked for again after a crash. */
  'volume.restore': { input: z.object({ service: packageId, name: snapshotName }), output: nothing },
  /** Lets go of a snapshot and of whatever an interrupted one left, or of all of a service. */
  'volume.drop': { input: z.object({ service: packageId, name: snapshotName.nullable() }), output: nothing },
  /** The `.version` file beside the volumes: the data version a package set for itself. */
  'volume.version.read': { input: z.object({ service: packageId }), output: z.string().nullable() },
  'volume.version.write': {
    input: z.object({ service: packageId, version: z.string().max(256).nullable() }),
    output: nothing,
  },
  /** Writes the container's configuration and starts it: init, then the guest, which dials `host.sock`. Idempotent. */
  'container.start': {
    input: z.object({
      service: packageId,
      index,
      revision,
      volumes: z.array(volumeId),
      images: z.array(imageId),
      limits: containerLimits,
      /** `/dev/fuse`, `/dev/net/tun`; for acceleration what the machine has of `/dev/dri`, `/dev/kfd` and `/dev/kvm`. */
      devices: z.object({ fuse: z.boolean(), tun: z.boolean(), acceleration: z.boolean().default(false) }),
      language: z.string().regex(/^[A-Za-z]{2,3}(_[A-Z]{2})?(\.UTF-8)?$/),
    }),
    output: containerState,
  },
  /** Other limits for a container that runs, from now on; all of them, or the kernel's reason why not. */
  'container.limit': { input: z.object({ service: packageId, limits: containerLimits }), output: nothing },
  /** Ends everything in it, at once if `killAfterMs` is 0; then takes every mount of it down. Idempotent. */
  'container.stop': {
    input: z.object({ service: packageId, killAfterMs: z.number().int().min(0).max(600000) }),
    output: nothing,
  },
  /** Removes what `container.start` made, except volumes and images. */
  'container.remove': { input: z.object({ service: packageId }), output: nothing },
  'container.list': { input: nothing, output: z.array(containerState) },
  'container.stats': {
    input: z.object({ service: packageId }),
    output: z.object({
      memory: bytes,
      memoryLimit: bytes.nullable(),
      cpuSeconds: z.number(),
      pids: z.number().int(),
      outOfMemoryKills: z.number().int(),
    }),
  },
  /** Mounts a fresh overlay of an image where the running container sees it. Answers the path inside and its guid. */
  'subcontainer.create': {
    input: z.object({ service: packageId, image: imageId, guid }),
    output: z.object({ path: z.string(), guid }),
  },
  'subcontainer.destroy': { input: z.object({ service: packageId, guid }), output: nothing },
  /**
   * Binds a volume (or a part of it) of a service into a running container at `location`, beneath one of its
   * subcontainers or its root, with the container's ids. Paths are walked beneath their roots; links are refused.
   */
  'mount.attach': {
    input: z.object({
      service: packageId,
      location: z.string().startsWith('/').max(4096),
      source: z.object({
        service: packageId,
        volume: volumeId,
        subpath: relativePath,
        readonly: z.boolean(),
        idmap: z.array(z.object({ fromId: z.number().int(), toId: z.number().int(), range: z.number().int() })).max(32),
      }),
    }),
    output: nothing,
  },
  /** The whole firewall of the bridge in one piece; replaces what was there atomically. */
  'bridge.apply': {
    input: z.object({ rules: z.array(bridgeRule).max(256), forwards: z.array(portForward).max(4096) }),
    output: nothing,
  },
  /** Names services resolve on the bridge: `syncthing.startos`. Address records only. */
  'names.apply': {
    input: z.object({
      records: z.array(z.object({ name: z.string().max(253), address: z.string().max(45) })).max(4096),
    }),
    output: nothing,
  },
  /**
   * Runs nginx, as Hearth's own user, on the configuration the kernel wrote to `<data>/proxy/nginx.conf`: starts it, or
   * has it read the configuration again. A configuration nginx refuses changes nothing and answers its words.
   * `daemon` and `user` are the engine's to say: the file must not; it names `pid`. Prefix is `<data>/proxy`.
   */
  'proxy.apply': { input: nothing, output: z.object({ pid: z.number().int() }) },
  /**
   * Runs the process of a confined plugin, from this release, until it ends or the call is cancelled; for a kernel that
   * may not start it itself. Words go over the one connection that is taken at `<run>/confined/<slot>.sock`. Progress: 0
   * when that is there, then the process id. Answers how it ended.
   */
  'plugin.run': {
    input: z.object({ slot: z.number().int().min(0).max(63) }),
    output: z.object({ how: z.string().max(1000) }),
  },
  /** Makes a repository (version 2) where there is none; answers whether it made one. */
  'backup.prepare': { input: z.object({ ...restic }), output: z.object({ created: z.boolean() }) },
  /** One snapshot of the given volumes and the kept archive of a service. Progress. */
  'backup.create': {
    input: z.object({
      ...restic,
      service: packageId,
      pairs: z
        .array(
          z.object({
            volume: volumeId,
            subpath: relativePath,
            destination: relativePath,
            excludes: z.array(z.string().max(1024)).max(256),
          }),
        )
        .max(256),
      /** Relative to the data folder: what else goes in (the archive, the row). */
      files: z.array(relativePath).max(16),
      tags: z.array(z.string().regex(/^[A-Za-z0-9_.:=#+~-]{1,200}$/)).max(16),
    }),
    output: z.object({ snapshot: z.string(), added: bytes, processed: bytes }),
  },
  'backup.list': { input: z.object({ ...restic }), output: z.array(snapshotInfo) },
  /** The files (not the volumes) of a snapshot, into a folder beneath the staging folder. Progress. */
  'backup.restoreFiles': {
    input: z.object({ ...restic, snapshot: z.string().max(64), destination: relativePath }),
    output: nothing,
  },
  /** The volumes of a snapshot, into the volumes of the service, which must be empty. Progress. */
  'backup.restoreVolumes': {
    input: z.object({ ...restic, service: packageId, snapshot: z.string().max(64) }),
    output: nothing,
  },
  /** Reads back and compares a part of the repository, in percent. */
  'backup.check': {
    input: z.object({ ...restic, percent: z.number().min(0).max(100) }),
    output: z.object({ good: z.boolean(), report: z.string() }),
  },
  /** The last lines of a service's log, oldest first; `after` is the cursor of an earlier answer. */
  'log.read': {
    input: z.object({
      service: packageId,
      after: z.string().max(65536).nullable(),
      limit: z.number().int().min(1).max(5000),
    }),
    output: z.object({
      entries: z.array(z.object({ time: z.number(), source: z.string(), text: z.string() })),
      cursor: z.string(),
    }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type EngineVerb = keyof typeof engineVerbs;
export type EngineInput<V extends EngineVerb> = z.input<(typeof engineVerbs)[V]['input']>;
export type EngineOutput<V extends EngineVerb> = z.output<(typeof engineVerbs)[V]['output']>;

export interface EngineEventMap {
  /** The container's init ended without being asked to. */
  'container.exited': { readonly service: string; readonly instance: string };
  'container.outOfMemory': { readonly service: string; readonly instance: string };
}

/** Kernel to engine, one JSON document per line. */
export type EngineRequest =
  | { readonly id: number; readonly verb: string; readonly input: unknown }
  | { readonly cancel: number };
/** Engine to kernel, one JSON document per line. */
export type EngineMessage =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly error: WireError }
  | { readonly id: number; readonly progress: { readonly done: number; readonly total: number | null } }
  | { readonly event: keyof EngineEventMap; readonly value: unknown };

export interface EngineClient {
  call<V extends EngineVerb>(
    verb: V,
    input: EngineInput<V>,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number | null) => void },
  ): Promise<EngineOutput<V>>;
  on<K extends keyof EngineEventMap>(event: K, listener: (value: EngineEventMap[K]) => void): () => void;
}

/** What the engine is told when it starts, by whoever starts it: one JSON file only root can write. */
/** Where backups may go unless root says otherwise: what people mount, and what is there for it. */
export const usualBackupFolders: readonly string[] = [
  '/mnt',
  '/media',
  '/run/media',
  '/srv',
  '/backup',
  '/backups',
  '/var/backups',
];

export const engineConfig = z.object({
  data: z.string().startsWith('/'),
  run: z.string().startsWith('/'),
  /** Folder of the running release: Node, guest, base image; read-only for containers. */
  runtime: z.string().startsWith('/'),
  /** Root folder of the guest base system (a Debian tree with crun, tini, rsync), owned by ids from 0; never written. */
  base: z.string().startsWith('/'),
  /** LXC's own folder (`lxc-ls` looks in `/var/lib/lxc`). */
  lxcPath: z.string().startsWith('/'),
  /** Before the service's id in container names: `hearth-`. */
  containerPrefix: z.string().regex(/^[a-z0-9-]{0,20}$/),
  bridge: z.string().regex(/^[a-z][a-z0-9]{0,11}$/),
  /** First three numbers of the bridge's /24: `10.0.3`. */
  subnet: z.string().regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/),
  /** First id and number of ids of the block that is shared out, 65,536 a service. */
  ids: z.object({ first: z.number().int().min(65536), count: z.number().int().min(65536) }),
  /** Backups are kept in or beneath these alone: whoever the kernel obeys shall not write where he likes by their way. */
  backupFolders: z.array(z.string().startsWith('/')).default([...usualBackupFolders]),
  /** Multiplies the limits of package scripts; 10 on emulated machines. */
  deadlineScale: z.number().min(0.01).max(100).default(1),
  /** The unprivileged user of the kernel and of nginx. */
  user: z.object({ uid: z.number().int(), gid: z.number().int() }),
});
export type EngineConfig = z.infer<typeof engineConfig>;

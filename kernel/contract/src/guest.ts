/**
 * Between the kernel and the guest inside a service's container.
 *
 * The guest always dials `host.sock`; the host never connects to, nor writes, anything the container can change. The
 * socket is the identity: one per service. One long connection carries, as JSON lines, requests both ways; the
 * `start-container` tool and other short-lived clients may open more, for effects only.
 *
 * The requests host to guest are StartOS's (`init`, `start`, `stop`, `exit`, `execute`, `callback`), the requests guest to
 * host are the effects (`effects.ts`), answered in JSON-RPC 2.0 shape with StartOS's error texts. Only `hello` and
 * `result` are ours.
 */
import { z } from 'zod';
import { freeId, guid } from './ids.ts';

export const guestProtocol = 1;

/** First line of the long connection, and after every reconnect. Answer: `{ serverTime }`. */
export const guestHello = z.object({
  protocol: z.number().int(),
  guest: z.string(),
  /** Of this run of the container, from the environment the engine gave. */
  instance: z.string(),
  /** Where the script is. */
  phase: z.enum(['fresh', 'initialising', 'loaded', 'running', 'stopping', 'exited']),
  /** Requests of the host still at work, and answers that nobody has acknowledged. */
  running: z.array(z.string()),
  results: z.array(z.object({ request: z.string(), result: z.unknown().optional(), error: z.unknown().optional() })),
  /** Callback ids that may still fire; the kernel fires each once after it was away. */
  callbacks: z.array(z.object({ id: z.number().int(), method: z.string(), params: z.unknown() })),
  health: z.record(
    freeId,
    z.object({
      name: z.string(),
      result: z.string(),
      message: z.string().nullable(),
      /** When this result began, by the guest's clock, which is the machine's; older guests do not say. */
      since: z.number().optional(),
    }),
  ),
});
export type GuestHello = z.infer<typeof guestHello>;

const terminalSide = z.number().int().min(1).max(9999);

export const initKind = z.enum(['install', 'update', 'restore']).nullable();
export type InitKind = z.infer<typeof initKind>;

/** Host to guest. `id` of the envelope is a string chosen by the kernel, unique over restarts of the kernel. */
export const guestRequests = {
  init: z.object({ id: guid, kind: initKind }),
  start: z.object({}),
  stop: z.object({}),
  exit: z.object({ id: guid, target: z.string().nullable() }),
  execute: z.object({
    id: guid,
    /** `/backup/create`, `/actions/<id>/getInput`, `/actions/<id>/run`. */
    procedure: z.string().max(512),
    input: z.unknown(),
    timeout: z.number().nullable(),
  }),
  /**
   * Somebody at a terminal in a subcontainer, which is named by its guid, its name or its image; null: the first that
   * runs. Without a command it is the shell its image has for root. Answers `{ attach, subcontainer }`.
   */
  'attach.open': z.object({
    subcontainer: z.string().max(256).nullable(),
    command: z.array(z.string().max(65536)).min(1).max(256).nullable(),
    user: z.string().max(256).nullable(),
    rows: terminalSide,
    columns: terminalSide,
  }),
  /** What it showed since the last answer, once there is any: `{ data (base64), ended: { code, signal } | null }`. */
  'attach.read': z.object({ attach: z.string(), waitMs: z.number().int().min(0).max(25000) }),
  'attach.write': z.object({ attach: z.string(), data: z.base64().max(1_400_000) }),
  'attach.resize': z.object({ attach: z.string(), rows: terminalSide, columns: terminalSide }),
  'attach.close': z.object({ attach: z.string() }),
  /** Files and folders the script watches, asked before its container is let go. Older guests do not know it. */
  'files.watched': z.object({}),
  /** A notification: no id, no answer. */
  callback: z.object({ id: z.number().int(), args: z.array(z.unknown()) }),
  /** The kernel has the result of this request safe: the guest may forget it. A notification. */
  acknowledge: z.object({ request: z.string() }),
} as const;

export type GuestRequest<M extends keyof typeof guestRequests> = z.output<(typeof guestRequests)[M]>;

/** What `files.watched` answers: absolute paths in the container. */
export const watchedFiles = z.object({ paths: z.array(z.string().max(4096)).max(4096) });

/** What `/backup/create` answers: the copies the script asked for, recorded instead of made. */
export const backupAnswer = z.object({
  pairs: z.array(
    z.object({
      volume: z.string(),
      subpath: z.string(),
      destination: z.string(),
      excludes: z.array(z.string()),
    }),
  ),
});

/** Paths inside the container: the ABI packages rely on. */
export const guestPaths = {
  rpc: '/media/startos/rpc',
  hostSocket: '/media/startos/rpc/host.sock',
  volumes: '/media/startos/volumes',
  assets: '/media/startos/assets',
  images: '/media/startos/images',
  backup: '/media/startos/backup',
  subcontainers: '/media/startos/subcontainers',
  javascript: '/usr/lib/startos/package',
  /** The release's runtime, read-only: `node`, `guest/guest.mjs`, `guest/*.wasm`. */
  runtime: '/opt/hearth',
  /** Log files, read by the engine: `guest.log` and one per daemon. */
  logs: '/var/log/hearth',
  /** Of the script's memory image: for the guest alone, writable until the image is there. */
  memory: '/mnt/memory',
} as const;

/** Environment of the guest process, set by the engine. */
export const guestEnvironment = ['HEARTH_INSTANCE', 'HEARTH_SERVICE', 'HEARTH_MEMORY_LIMIT', 'LANG'] as const;

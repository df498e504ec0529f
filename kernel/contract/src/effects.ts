/**
 * The effects: what a package's script may ask of the host, by the names and shapes of StartOS's ABI.
 *
 * Unknown keys are ignored (scripts send diagnostics). Every call may carry `eventId`. Those with a callback pass an
 * integer id, or null; it fires once. Results are JSON and never absent: null stands for nothing.
 */
import { z } from 'zod';
import { freeId, guid, id, imageId, packageId, volumeId } from './ids.ts';
import { addressInfo, bindingKey, bindParams, packageOrOwn, pluginHostnameInfo } from './network.ts';
import { fullProgress, progress } from './progress.ts';
import { actionMetadata, checkResult, dependencyRequirement, taskEntry } from './service.ts';

const nothing = z.looseObject({}).nullish();
const callback = { callback: z.number().int().nullish() };
const onlyOrExcept = <T extends z.ZodType>(item: T) =>
  z.union([z.object({ only: z.array(item) }), z.object({ except: z.array(item) })]);
const port = z.number().int().min(1).max(65535);
const hostnames = z.array(z.string().max(253)).max(64);
const algorithm = z.enum(['ecdsa', 'ed25519']).nullish();
const anyProgress = z.union([progress, fullProgress]);
const input = z.record(z.string(), z.unknown());

export const effects = {
  echo: z.object({ message: z.string().max(65536) }),
  'git-info': nothing,
  rebuild: nothing,
  restart: nothing,
  shutdown: nothing,
  'get-status': z.object({ ...packageOrOwn, ...callback }),
  'set-main-status': z.object({ status: z.enum(['running', 'stopped']) }),
  'clear-callbacks': onlyOrExcept(z.number().int()),
  'action.export': z.object({ id, metadata: actionMetadata }),
  'action.clear': z.object({ except: z.array(id) }),
  'action.get-input': z.object({ ...packageOrOwn, actionId: id, prefill: input.nullish() }),
  'action.run': z.object({ ...packageOrOwn, actionId: id, input: z.unknown().optional() }),
  'action.create-task': taskEntry.shape.task.extend({ replayId: freeId }),
  'action.clear-tasks': onlyOrExcept(freeId),
  'set-dependencies': z.object({ dependencies: z.array(dependencyRequirement).max(256) }),
  'get-dependencies': nothing,
  'check-dependencies': z.object({ packageIds: z.array(packageId).nullish() }),
  'get-installed-packages': nothing,
  'get-service-manifest': z.object({ packageId, ...callback }),
  mount: z.object({
    location: z.string().startsWith('/').max(4096),
    target: z.object({
      packageId,
      volumeId,
      subpath: z.string().max(4096).nullable(),
      readonly: z.boolean(),
      idmap: z
        .array(z.object({ fromId: z.number().int(), toId: z.number().int(), range: z.number().int() }))
        .max(32)
        .default([]),
    }),
  }),
  'set-backup-progress': z.object({ progress: anyProgress }),
  'set-init-progress': z.object({ progress: anyProgress }),
  'set-health': z.object({
    id: freeId,
    name: z.string().max(200),
    result: checkResult,
    message: z.string().nullish(),
  }),
  'notification.create': z.object({
    level: z.enum(['success', 'info', 'warning', 'error']),
    title: z.string().max(200),
    message: z.string().max(4000),
    data: z.string().max(65536).nullish(),
  }),
  'subcontainer.create-fs': z.object({ imageId, name: z.string().max(200).nullish() }),
  'subcontainer.destroy-fs': z.object({ guid }),
  bind: bindParams,
  'bind-range': z.object({
    id: freeId,
    internalStartPort: port,
    externalStartPort: port,
    numberOfPorts: z.number().int().min(2).max(500),
  }),
  'clear-bindings': z.object({ except: z.array(bindingKey) }),
  'get-service-port-forward': z.object({ ...packageOrOwn, hostId: freeId, internalPort: port }),
  'get-host-info': z.object({ ...packageOrOwn, hostId: freeId, ...callback }),
  'get-container-ip': z.object({ ...packageOrOwn, ...callback }),
  'get-os-ip': nothing,
  'get-outbound-gateway': z.object({ ...callback }),
  'export-service-interface': z.object({
    id: freeId,
    name: z.string().max(200),
    description: z.string().max(2000),
    masked: z.boolean(),
    type: z.enum(['ui', 'p2p', 'api']),
    addressInfo,
  }),
  'export-range-service-interface': z.object({
    hostId: freeId,
    internalStartPort: port,
    id: freeId,
    name: z.string().max(200),
    description: z.string().max(2000),
    scheme: z.string().max(32).nullish(),
  }),
  'get-service-interface': z.object({ ...packageOrOwn, serviceInterfaceId: freeId, ...callback }),
  'list-service-interfaces': z.object({ ...packageOrOwn, ...callback }),
  'clear-service-interfaces': z.object({ except: z.array(freeId) }),
  'get-ssl-certificate': z.object({ hostnames, algorithm, ...callback }),
  'get-ssl-key': z.object({ hostnames, algorithm }),
  'plugin.url.register': z.object({ tableAction: id }),
  'plugin.url.export-url': z.object({
    hostnameInfo: pluginHostnameInfo,
    removeAction: id.nullish(),
    overflowActions: z.array(id).max(16).default([]),
  }),
  'plugin.url.clear-urls': z.object({ except: z.array(pluginHostnameInfo).max(4096) }),
  'set-data-version': z.object({ version: z.string().max(256).nullable() }),
  'get-data-version': nothing,
  'get-system-smtp': z.object({ ...callback }),
} as const satisfies Record<string, z.ZodType>;

export type EffectName = keyof typeof effects;
export type EffectParams<E extends EffectName> = z.output<(typeof effects)[E]>;

/** StartOS's error kinds that packages match on: number and text stay as they are. */
export const effectErrorKinds = {
  unknown: { code: 1, message: 'Unknown Error' },
  notFound: { code: 6, message: 'Not Found' },
  network: { code: 9, message: 'Network Error' },
  deserialization: { code: 12, message: 'Deserialization Error' },
  authorization: { code: 34, message: 'Unauthorized' },
  invalidRequest: { code: 38, message: 'Invalid Request' },
  timeout: { code: 50, message: 'Timeout Error' },
} as const;

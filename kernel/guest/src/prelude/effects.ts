/* eslint-disable no-console -- the script's own console, which is its log */
/**
 * The effects object: a plain object of own functions, since packages spread it to put their own in.
 *
 * Each function is one request to the host, kebab-case, with the id of the event it belongs to.
 */
import type { Context } from './context.ts';
import { type Callback } from './context.ts';
import { begin, errorOf } from './host.ts';
import type { ErrorShape } from '../files/error.ts';

type Params = Record<string, unknown>;

export interface Effects extends Record<string, unknown> {
  eventId: string | null;
  constRetry: (() => void) | undefined;
  isInContext: boolean;
  child(name: string): Effects;
  onLeaveContext(handler: () => unknown): void;
  restart(): Promise<unknown>;
}

interface RpcFailure {
  readonly message: string;
  readonly data?: string | { readonly details?: string; readonly debug?: string | null } | null;
}

/** As packages expect to read it: `<message>: <details>\n<debug>@<method>`. */
function failureText(failure: RpcFailure, method: string): string {
  const { message, data } = failure;
  if (typeof data === 'string') return `${message}: ${data}@${method}`;
  const details = data?.details === undefined ? '' : `: ${data.details}`;
  const debug = data?.debug === undefined || data.debug === null ? '' : `\n${data.debug}`;
  return `${message}${details}${debug}@${method}`;
}

function request(context: Context, eventId: string | null, method: string, params: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const carried = eventId === null ? params : { ...(params as Params), eventId };
    begin('effect', [method, carried ?? {}, context.path], (event, value) => {
      if (event === 'done') return resolve(value);
      if (event === 'refused') return reject(new Error(failureText(value as RpcFailure, method)));
      reject(errorOf(value as ErrorShape));
    });
  });
}

const plain = {
  setMainStatus: 'set-main-status',
  restart: 'restart',
  shutdown: 'shutdown',
  rebuild: 'rebuild',
  echo: 'echo',
  gitInfo: 'git-info',
  setDependencies: 'set-dependencies',
  getDependencies: 'get-dependencies',
  checkDependencies: 'check-dependencies',
  getInstalledPackages: 'get-installed-packages',
  mount: 'mount',
  setBackupProgress: 'set-backup-progress',
  setInitProgress: 'set-init-progress',
  bind: 'bind',
  bindRange: 'bind-range',
  clearBindings: 'clear-bindings',
  getServicePortForward: 'get-service-port-forward',
  getOsIp: 'get-os-ip',
  exportServiceInterface: 'export-service-interface',
  exportRangeServiceInterface: 'export-range-service-interface',
  clearServiceInterfaces: 'clear-service-interfaces',
  getSslKey: 'get-ssl-key',
  setDataVersion: 'set-data-version',
  getDataVersion: 'get-data-version',
} as const;

/** Those whose `callback` is a function of the script's, told to the host by number. */
const watching = {
  getStatus: 'get-status',
  getServiceManifest: 'get-service-manifest',
  getHostInfo: 'get-host-info',
  getContainerIp: 'get-container-ip',
  getOutboundGateway: 'get-outbound-gateway',
  getServiceInterface: 'get-service-interface',
  listServiceInterfaces: 'list-service-interfaces',
  getSslCertificate: 'get-ssl-certificate',
  getSystemSmtp: 'get-system-smtp',
} as const;

const grouped = {
  action: {
    export: 'action.export',
    clear: 'action.clear',
    getInput: 'action.get-input',
    run: 'action.run',
    createTask: 'action.create-task',
    clearTasks: 'action.clear-tasks',
  },
  notification: { create: 'notification.create' },
  subcontainer: { createFs: 'subcontainer.create-fs', destroyFs: 'subcontainer.destroy-fs' },
} as const;

const urlPlugin = {
  register: 'plugin.url.register',
  exportUrl: 'plugin.url.export-url',
  clearUrls: 'plugin.url.clear-urls',
} as const;

/**
 * What is told about health counts while what it is told for goes on; after that, and where that ends before it is
 * answered, it is refused. The SDK begins a daemon once such a call about what it needs is answered. Answered in the
 * middle of a stop it would begin one whose own end is past, and the stop would wait for that one without end.
 */
async function tellHealth(scope: Context, tell: () => Promise<unknown>): Promise<unknown> {
  const refuse = (): void => {
    if (scope.left) throw new Error('Invalid Request: what this was about is over@set-health');
  };
  refuse();
  const answer = await tell();
  refuse();
  return answer;
}

/** @param scope the context that a request began: children of it may be left and made anew while it goes on */
export function makeEffects(root: Context, context: Context, eventId: string | null, scope = context): Effects {
  const ask = (method: string) => (params?: unknown) => request(context, eventId, method, params ?? {});
  const askAll = (names: Record<string, string>) =>
    Object.fromEntries(Object.entries(names).map(([name, method]) => [name, ask(method)]));
  const watch = (method: string) => (params?: Params) => {
    const { callback, ...rest } = params ?? {};
    const id = typeof callback === 'function' ? context.add(callback as Callback) : null;
    return request(context, eventId, method, { ...rest, callback: id });
  };

  const effects = {
    eventId,
    constRetry: undefined,
    isInContext: !context.left,
    child: (name: string) => makeEffects(root, context.child(name), eventId, scope),
    onLeaveContext: (handler: () => unknown) => {
      if (context.left) console.warn('This context was left already: what should happen then never will');
      else context.onLeave(handler);
    },
    clearCallbacks: (ids: { only: number[] } | { except: number[] }) => {
      root.forget(ids);
      return request(context, eventId, 'clear-callbacks', ids);
    },
    ...askAll(plain),
    setHealth: (params?: unknown) => tellHealth(scope, () => request(context, eventId, 'set-health', params ?? {})),
    ...Object.fromEntries(Object.entries(watching).map(([name, method]) => [name, watch(method)])),
    ...Object.fromEntries(Object.entries(grouped).map(([name, methods]) => [name, askAll(methods)])),
    plugin: { url: askAll(urlPlugin) },
  } as unknown as Effects;

  context.onLeave(() => {
    effects.isInContext = false;
    effects.constRetry = undefined;
  });
  return effects;
}

/** Puts the parts of the network together and runs them. */
import { join } from 'node:path';
import type { EngineClient, Network, PluginScope, Route, Server, Services } from '@hearth/contract';
import type { Authority } from './authority/authority.ts';
import { createAuthority, openAuthority } from './authority/authority.ts';
import type { NetworkConfig } from './config.ts';
import { errors } from './errors.ts';
import { createHostname } from './hostname.ts';
import { machineAddresses } from './machine.ts';
import { createAnnouncer } from './mdns/announcer.ts';
import { createNames } from './names.ts';
import type { Surroundings } from './plan/addresses.ts';
import { bindingAddresses, rangeAddresses } from './plan/addresses.ts';
import { enabledBindings, enabledRanges } from './plan/bindings.ts';
import { assignLabels } from './plan/labels.ts';
import { siteNames } from './plan/plan.ts';
import { createProxy } from './proxy.ts';
import { createProxyCertificates } from './proxy-certificates.ts';
import { createReconciler } from './reconcile.ts';
import { createServiceCertificates } from './service-certificates.ts';
import type { NetworkSecret, NetworkState } from './state.ts';

export interface NetworkNeeds {
  readonly engine: EngineClient;
  readonly services: Services;
  readonly server: Server;
}

export interface RunningNetwork {
  readonly service: Network;
  readonly rootCertificate: Route;
  start(): Promise<void>;
  ready(): void;
  stop(): Promise<void>;
}

const day = 86_400_000;
/** Certificates near their end are looked for this often. */
const renewalMs = day / 2;
/** An authority this near its end is replaced: leaves could no longer be renewed. */
const authorityEndMs = 60 * day;

export function createNetwork(
  { engine, services, server }: NetworkNeeds,
  scope: PluginScope<NetworkConfig, NetworkState, NetworkSecret>,
): RunningNetwork {
  const { secret, state, places, log, events, config } = scope;
  const stopping = new AbortController();
  const announcer = config.mdns ? createAnnouncer(log) : null;
  const hostname = createHostname(server, state, events);
  let opened: Authority | null = null;
  const names = createNames(engine);
  let bridge = { name: '', address: '' };
  let announcing = false;

  const authority = (): Authority => {
    if (opened === null) throw errors.notReady();
    return opened;
  };
  const surroundings = (): Surroundings => ({
    labels: assignLabels(secret.read().labels, services.list()),
    hostname: hostname.current(),
    httpsPort: places.httpsPort,
    lan: machineAddresses(bridge.name),
    address: (service) => services.address(service),
  });
  const certificates = createServiceCertificates({ secret, authority, ownNames, now: Date.now });
  const proxy = createProxy({
    engine,
    places,
    certificates: createProxyCertificates(join(places.data, 'proxy', 'certificates'), authority, Date.now),
    streamModule: config.streamModule,
    rootCertificate: () => authority().root.toString('pem'),
  });
  const reconciler = createReconciler({
    ...{ engine, services, secret, state, log, proxy, names, surroundings },
    announcer: () => (announcing ? announcer : null),
    ownPorts: [places.httpsPort, places.httpPort],
    furtherNames: config.names,
    fingerprint: () => authority().fingerprint,
  });

  function ownNames(service: string): ReadonlySet<string> {
    const { labels, hostname: name, address } = surroundings();
    const sites = Object.values(labels[service] ?? {}).flatMap((label) => siteNames(label, name));
    return new Set([`${service}.startos`, `${service}.hearth`, address(service), ...sites]);
  }

  async function openOrCreate(): Promise<Authority> {
    const stored = secret.read().authority;
    if (stored !== null) {
      const kept = await openAuthority(stored);
      if (kept.intermediate.notAfter.getTime() - Date.now() > authorityEndMs) return kept;
    }
    const made = await createAuthority(server.read().id.slice(0, 8), Date.now());
    await secret.commit('network.authority', (draft) => {
      draft.authority = { ...made };
      draft.leaves = {};
    });
    return openAuthority(made);
  }

  /** Finds out what the box may be called, then says it aloud. */
  async function announce(): Promise<void> {
    if (announcer === null) return;
    await announcer.apply([], surroundings().lan);
    await hostname.settle(announcer, stopping.signal);
    announcing = true;
    reconciler.request();
  }

  function watch(): void {
    let seen = JSON.stringify(machineAddresses(bridge.name));
    let renewed = Date.now();
    const timer = setInterval(() => {
      const now = JSON.stringify(machineAddresses(bridge.name));
      if (now === seen && Date.now() - renewed < renewalMs) return;
      seen = now;
      renewed = Date.now();
      reconciler.request();
    }, config.watchMs).unref();
    scope.onStop('watch of addresses', () => clearInterval(timer));
    const daemonTimer = setInterval(() => void reviveDaemons(), config.daemonWatchMs).unref();
    scope.onStop('watch of proxy and name server', () => clearInterval(daemonTimer));
  }

  async function reviveDaemons(): Promise<void> {
    const [proxied, named] = await Promise.all([proxy.runs(), names.answers(bridge.address)]);
    if (proxied && named) return;
    log.warn({}, proxied ? 'The name server is started again' : 'The proxy is started again');
    reconciler.request();
  }

  let following = false;

  /** Once, also when a start that broke off begins anew. */
  function follow(): void {
    if (following) return;
    following = true;
    const request = (): void => reconciler.request();
    scope.onStop('event service.network', events.on('service.network', request));
    scope.onStop('event service.installed', events.on('service.installed', request));
    scope.onStop(
      'event service.removed',
      events.on('service.removed', async ({ service }) => {
        request();
        await certificates.forget(service);
      }),
    );
    scope.onStop(
      'event server.changed',
      events.on('server.changed', () => {
        request();
        announceSoon();
      }),
    );
  }

  function announceSoon(): void {
    announce().catch((error: unknown) => {
      if (!stopping.signal.aborted) log.warn({ err: error }, 'Names are not announced');
    });
  }

  return {
    service: {
      addressesFor(service, hostId, internalPort) {
        const row = services.read(service);
        const binding = row && enabledBindings(row).find((b) => b.hostId === hostId && b.internalPort === internalPort);
        if (row === null) return [];
        if (binding) return bindingAddresses(row, binding, surroundings());
        const range = enabledRanges(row).find((r) => r.hostId === hostId && r.internalStartPort === internalPort);
        return range === undefined ? [] : rangeAddresses(row, range, surroundings());
      },
      certificate: certificates.certificate,
      certificateKey: certificates.certificateKey,
    },
    rootCertificate: {
      path: '/ca.crt',
      allow: 'anyone',
      plainHttp: true,
      handle: () => ({
        type: 'application/x-x509-ca-cert',
        body: authority().root.toString('pem'),
        headers: { 'Content-Disposition': 'attachment; filename="hearth-ca.crt"', 'Cache-Control': 'no-store' },
      }),
    },
    async start() {
      opened = await openOrCreate();
      ({ bridge } = await engine.call('host.prepare', {}));
      follow();
      await reconciler.run();
    },
    ready() {
      watch();
      announceSoon();
      // Services that were taken over meanwhile may have told more since the first pass.
      reconciler.request();
    },
    async stop() {
      stopping.abort();
      await reconciler.stop();
      await announcer?.stop();
    },
  };
}

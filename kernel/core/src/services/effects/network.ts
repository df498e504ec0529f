/** Effects about bindings, interfaces and addresses. */
import type { Host } from '@hearth/contract';
import type { Context } from '../context.ts';
import { effectErrors } from '../errors.ts';
import { watched } from '../parking/watched.ts';
import { type Handlers, targetOf } from './call.ts';
import { defaultGateway } from './gateway.ts';
import { changeRanges } from './ranges.ts';
import { bindingsOf } from './hosts.ts';

type Names =
  | 'bind'
  | 'clear-bindings'
  | 'get-service-port-forward'
  | 'get-host-info'
  | 'get-container-ip'
  | 'get-os-ip'
  | 'get-outbound-gateway'
  | 'export-service-interface'
  | 'get-service-interface'
  | 'list-service-interfaces'
  | 'clear-service-interfaces'
  | 'get-system-smtp';

export function networkEffects(context: Context): Handlers<Names> {
  const { rows, callbacks, allocations, events } = context;

  const change = async (service: string, reason: string, work: (hosts: Record<string, Host>) => void) => {
    await rows.change(service, reason, (row) => work(row.hosts));
    events.emit('service.network', { service });
    callbacks.changed();
  };

  return {
    bind: async ({ id, internalPort, ...options }, { service }) => {
      const known = rows.get(service).hosts[id]?.bindings[String(internalPort)];
      if (known?.enabled === true && JSON.stringify(known.options) === JSON.stringify(options)) return;
      const { addSsl, secure, preferredExternalPort } = options;
      const use = { service, host: id, internalPort };
      // A service that speaks TLS itself and has it ended here too is reached by the latter alone.
      const plain = !(secure?.ssl === true && addSsl !== null);
      const assignedPort = plain ? await allocations.claimPort({ ...use, ssl: false }, preferredExternalPort) : null;
      const assignedSslPort =
        addSsl === null ? null : await allocations.claimPort({ ...use, ssl: true }, addSsl.preferredExternalPort);
      await change(service, 'service.bind', (hosts) => {
        const key = String(internalPort);
        const before = hosts[id]?.bindings[key];
        hosts[id] ??= emptyHost();
        // Read again: what was put into a draft is a copy.
        hosts[id].bindings[key] = {
          enabled: true,
          options,
          net: { assignedPort, assignedSslPort },
          // Those that other packages gave it stay with it.
          addresses: {
            ...{ enabled: [], disabled: [], guaAccess: {} },
            available: before === undefined ? [] : plainCopy(before.addresses.available),
          },
          interfaces: before === undefined ? {} : plainCopy(before.interfaces),
        };
      });
    },
    'clear-bindings': async ({ except }, { service }) => {
      const kept = new Set(except.map(({ id, internalPort }) => `${id} ${internalPort}`));
      await change(service, 'service.bind', (hosts) => {
        for (const [id, host] of Object.entries(hosts))
          for (const [port, binding] of Object.entries(host.bindings))
            if (!kept.has(`${id} ${port}`)) binding.enabled = false;
        changeRanges(hosts, (id, port, range) => ({ ...range, enabled: range.enabled && kept.has(`${id} ${port}`) }));
      });
    },
    'get-service-port-forward': (params, call) => {
      const binding = rows.get(targetOf(params, call)).hosts[params.hostId]?.bindings[String(params.internalPort)];
      if (binding === undefined)
        throw effectErrors.notFound({ what: `binding ${params.hostId}:${params.internalPort}` });
      return binding.net;
    },
    'get-host-info': (params, call) => {
      const target = targetOf(params, call);
      return callbacks.read(watched(context, 'host', target, params.hostId), call.service, params.callback);
    },
    'get-container-ip': (params, call) => {
      const target = targetOf(params, call);
      // Its own address never changes under a running container.
      const id = target === call.service ? null : params.callback;
      const address = callbacks.read(watched(context, 'address', target), call.service, id);
      if (address === null) throw effectErrors.notFound({ what: `package "${target}"` });
      return address;
    },
    'get-os-ip': () => context.host().bridge.address.split('/')[0],
    'get-outbound-gateway': async () => (await defaultGateway()) ?? context.host().bridge.name,
    'export-service-interface': async (given, { service }) => {
      const { hostId, internalPort } = given.addressInfo;
      const binding = rows.get(service).hosts[hostId]?.bindings[String(internalPort)];
      if (binding === undefined) throw effectErrors.notFound({ what: `binding ${hostId}:${internalPort}` });
      await change(service, 'service.interface', (hosts) => {
        for (const [host, port, other] of bindingsOf(hosts))
          if (other.interfaces[given.id] !== undefined && !(host === hostId && port === String(internalPort)))
            delete other.interfaces[given.id];
        const target = hosts[hostId]?.bindings[String(internalPort)];
        if (target !== undefined) target.interfaces[given.id] = given;
      });
    },
    'get-service-interface': (params, call) => {
      const target = targetOf(params, call);
      return callbacks.read(
        watched(context, 'interface', target, params.serviceInterfaceId),
        call.service,
        params.callback,
      );
    },
    'list-service-interfaces': (params, call) => {
      const target = targetOf(params, call);
      return callbacks.read(watched(context, 'interfaces', target), call.service, params.callback);
    },
    'clear-service-interfaces': async ({ except }, { service }) => {
      await change(service, 'service.interface', (hosts) => {
        for (const [, , binding] of bindingsOf(hosts))
          for (const id of Object.keys(binding.interfaces)) if (!except.includes(id)) delete binding.interfaces[id];
        changeRanges(hosts, (_host, _port, range) => {
          const stays = range.interface !== null && except.includes(range.interface.id);
          return { ...range, interface: stays ? range.interface : null };
        });
      });
    },
    'get-system-smtp': ({ callback }, { service }) =>
      callbacks.read(watched(context, 'smtp', 'server'), service, callback),
  };
}

function emptyHost(): Host {
  return { bindings: {}, bindingRanges: {}, publicDomains: {}, privateDomains: {}, portForwards: [] };
}

/** A draft's part as a value of its own. */
function plainCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

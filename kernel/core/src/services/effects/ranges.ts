/** Effects about ranges of ports: taken whole or not at all, and handed on number by number. */
import { type Host, type RangeBindInfo, rangeBindInfo } from '@hearth/contract';
import type { Context } from '../context.ts';
import { effectErrors } from '../errors.ts';
import type { Handlers } from './call.ts';

export function rangeEffects(context: Context): Handlers<'bind-range' | 'export-range-service-interface'> {
  const { rows, callbacks, allocations, events } = context;

  const change = async (service: string, reason: string, work: (hosts: Record<string, Host>) => void) => {
    await rows.change(service, reason, (row) => work(row.hosts));
    events.emit('service.network', { service });
    callbacks.changed();
  };

  return {
    'bind-range': async ({ id, internalStartPort, externalStartPort, numberOfPorts }, { service }) => {
      if (internalStartPort + numberOfPorts - 1 > 65_535)
        throw effectErrors.refused({ reason: `there are no ${numberOfPorts} ports from ${internalStartPort} on` });
      const known = rangesOf(rows.get(service).hosts[id]).get(internalStartPort);
      const use = { service, host: id, internalPort: internalStartPort, ssl: false };
      await allocations.claimRange(use, externalStartPort, numberOfPorts);
      const range: RangeBindInfo = {
        enabled: true,
        externalStartPort,
        numberOfPorts,
        addresses: { enabled: [], disabled: [], guaAccess: {}, available: [] },
        interface: known?.interface ?? null,
      };
      await change(service, 'service.bind', (hosts) => {
        hosts[id] ??= { bindings: {}, bindingRanges: {}, publicDomains: {}, privateDomains: {}, portForwards: [] };
        hosts[id].bindingRanges[String(internalStartPort)] = range;
      });
    },
    'export-range-service-interface': async ({ hostId, internalStartPort, ...face }, { service }) => {
      const range = rangesOf(rows.get(service).hosts[hostId]).get(internalStartPort);
      if (range === undefined) throw effectErrors.notFound({ what: `range ${hostId}:${internalStartPort}` });
      await change(service, 'service.interface', (hosts) => {
        const { id, name, description } = face;
        const changed = { ...range, interface: { id, name, description, scheme: face.scheme ?? null } };
        const host = hosts[hostId];
        if (host !== undefined) host.bindingRanges[String(internalStartPort)] = changed;
      });
    },
  };
}

/** By first internal port. */
export function rangesOf(host: Host | undefined): Map<number, RangeBindInfo> {
  const found = new Map<number, RangeBindInfo>();
  for (const [port, range] of Object.entries(host?.bindingRanges ?? {})) {
    const parsed = rangeBindInfo.safeParse(range);
    if (parsed.success) found.set(Number(port), parsed.data);
  }
  return found;
}

/** Changes every range of a draft of the hosts. */
export function changeRanges(
  hosts: Record<string, Host>,
  work: (host: string, port: number, range: RangeBindInfo) => RangeBindInfo,
): void {
  for (const [id, host] of Object.entries(hosts))
    for (const [port, range] of rangesOf(host)) host.bindingRanges[String(port)] = work(id, port, range);
}

/** Hosts, bindings and interfaces of a service, as other packages see them. */
import type { BindInfo, Host, RangeBindInfo, ServiceInterface, ServiceRow } from '@hearth/contract';
import type { Context } from '../context.ts';
import { rangesOf } from './ranges.ts';

/** A host as packages see it: with the addresses at which each binding can be reached now. */
export function hostInfo(context: Context, service: string, hostId: string): Host | null {
  const host = context.rows.read(service)?.hosts[hostId];
  if (host === undefined) return null;
  const network = context.network();
  const bindings = Object.entries(host.bindings).map(([port, binding]): [string, BindInfo] => {
    // One without an interface is for other services alone: its address on the bridge is all it has.
    const shown = network !== null && binding.enabled;
    const own = shown ? network.addressesFor(service, hostId, Number(port)) : [];
    const available = binding.enabled ? [...own, ...binding.addresses.available] : [];
    return [port, { ...binding, addresses: { ...binding.addresses, available } }];
  });
  const ranges = [...rangesOf(host)].map(([port, range]): [string, RangeBindInfo] => {
    const available = network !== null && range.enabled ? [...network.addressesFor(service, hostId, port)] : [];
    return [String(port), { ...range, addresses: { ...range.addresses, available } }];
  });
  return { ...host, bindings: Object.fromEntries(bindings), bindingRanges: Object.fromEntries(ranges) };
}

export function interfacesOf(row: ServiceRow | null): Record<string, ServiceInterface> {
  const found: Record<string, ServiceInterface> = {};
  for (const [, , binding] of bindingsOf(row?.hosts ?? {}))
    if (binding.enabled) for (const [id, each] of Object.entries(binding.interfaces)) found[id] = each;
  return found;
}

export function* bindingsOf(hosts: Record<string, Host>): Iterable<[host: string, port: string, binding: BindInfo]> {
  for (const [id, host] of Object.entries(hosts))
    for (const [port, binding] of Object.entries(host.bindings)) yield [id, port, binding];
}

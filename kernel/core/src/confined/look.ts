/** What a plugin may see of a service: what any signed-in person sees of it, and of that the part it needs. Pure. */
import type { ConfinedOutput, HealthEntry, Network, PublicService, ServiceRow } from '@hearth/contract';

export function publicServiceOf(row: ServiceRow, health: Readonly<Record<string, HealthEntry>>): PublicService {
  const { id, manifest, status } = row;
  const { title, version } = manifest;
  const { desired, actual, reason, since } = status;
  return { id, title, version, desired, actual, reason, since, health: { ...health } };
}

export function addressesOf(row: ServiceRow, network: Network | null): ConfinedOutput<'services.addresses'> {
  return Object.entries(row.hosts).flatMap(([hostId, { bindings }]) =>
    Object.entries(bindings).flatMap(([port, { interfaces }]) => {
      const reached = network?.addressesFor(row.id, hostId, Number(port)) ?? [];
      return Object.values(interfaces)
        .filter(({ masked }) => !masked)
        .map((each) => ({
          interface: each.id,
          name: each.name,
          urls: reached.map(({ ssl, hostname, port: outside }) => {
            const { sslScheme, scheme, suffix } = each.addressInfo;
            const spoken = (ssl ? sslScheme : scheme) ?? (ssl ? 'https' : 'http');
            const host = hostname.includes(':') ? `[${hostname}]` : hostname;
            return `${spoken}://${host}${outside === null ? '' : `:${outside}`}${suffix}`;
          }),
        }));
    }),
  );
}

/** Where an interface has its port; null where there is no such interface. */
export function placeOf(row: ServiceRow | null, face: string): { hostId: string; internalPort: number } | null {
  for (const [hostId, { bindings }] of Object.entries(row?.hosts ?? {}))
    for (const [port, { interfaces }] of Object.entries(bindings))
      if (Object.hasOwn(interfaces, face)) return { hostId, internalPort: Number(port) };
  return null;
}

/** How services are reached: bindings, interfaces, hosts and their addresses, in the shapes packages know. */
import { z } from 'zod';
import { freeId, id, packageId } from './ids.ts';

const port = z.number().int().min(1).max(65535);

export const addSsl = z.object({
  preferredExternalPort: port,
  addXForwardedHeaders: z.boolean().default(false),
  alpn: z
    .union([z.literal('reflect'), z.object({ specified: z.array(z.unknown()) })])
    .nullable()
    .default(null),
  upstreamCertValidation: z.unknown().optional(),
  auth: z.unknown().optional(),
});

export const bindOptions = z.object({
  preferredExternalPort: port,
  addSsl: addSsl.nullable(),
  secure: z.object({ ssl: z.boolean() }).nullable(),
});
export type BindOptions = z.infer<typeof bindOptions>;

export const addressInfo = z.object({
  username: z.string().nullable(),
  hostId: freeId,
  internalPort: port,
  scheme: z.string().nullable(),
  sslScheme: z.string().nullable(),
  suffix: z.string(),
});

export const serviceInterface = z.object({
  id: freeId,
  name: z.string().max(200),
  description: z.string().max(2000),
  masked: z.boolean(),
  type: z.enum(['ui', 'p2p', 'api']),
  addressInfo,
});
export type ServiceInterface = z.infer<typeof serviceInterface>;

export const hostnameInfo = z.object({
  ssl: z.boolean(),
  public: z.boolean(),
  hostname: z.string(),
  port: port.nullable(),
  metadata: z.looseObject({
    kind: z.enum(['ipv4', 'ipv6', 'mdns', 'private-domain', 'public-domain', 'plugin']),
  }),
});
export type HostnameInfo = z.infer<typeof hostnameInfo>;

/** Words that stand in a URL as they are: host names, numbers, keys. */
export const pluginHostname = z
  .string()
  .max(512)
  .regex(/^[^\s\p{C}/?#@\\<>"']+$/u, 'a host name');
const extra = z.unknown().refine((value) => JSON.stringify(value ?? null).length <= 4096, 'at most 4,096 characters');

/** An address that a package (Tor, for one) gives to a binding of another. `packageId` null is the server's own page. */
export const pluginHostnameInfo = z.object({
  packageId: packageId.nullable(),
  hostId: freeId,
  internalPort: port,
  ssl: z.boolean(),
  public: z.boolean(),
  hostname: pluginHostname,
  port: port.nullable(),
  /** The provider's own; handed back to its actions. */
  info: extra.optional(),
});
export type PluginHostnameInfo = z.infer<typeof pluginHostnameInfo>;

/** `metadata` of such an address. */
export const pluginMetadata = z.object({
  kind: z.literal('plugin'),
  /** The provider. */
  packageId,
  /** Actions of the provider, run with the address; their visibility is often hidden. */
  removeAction: id.nullable(),
  overflowActions: z.array(id).max(16),
  info: z.unknown(),
  /** The provider is a confined plugin of the server, not a package. */
  confined: z.literal(true).optional(),
});
export type PluginMetadata = z.infer<typeof pluginMetadata>;

export const bindInfo = z.object({
  enabled: z.boolean(),
  options: bindOptions,
  net: z.object({ assignedPort: port.nullable(), assignedSslPort: port.nullable() }),
  addresses: z.object({
    enabled: z.array(z.string()),
    disabled: z.array(z.tuple([z.string(), port])),
    guaAccess: z.record(z.string(), z.enum(['disabled', 'lan', 'lan-wan'])),
    available: z.array(hostnameInfo),
  }),
  interfaces: z.record(freeId, serviceInterface),
});
export type BindInfo = z.infer<typeof bindInfo>;

/** Ports beside one another, handed on as they are: number `n` of the machine to number `n` of the service. */
export const rangeBindInfo = z.object({
  enabled: z.boolean(),
  externalStartPort: port,
  numberOfPorts: z.number().int().min(2).max(500),
  addresses: bindInfo.shape.addresses,
  interface: z
    .object({
      id: freeId,
      name: z.string().max(200),
      description: z.string().max(2000),
      scheme: z.string().max(32).nullable(),
    })
    .nullable(),
});
export type RangeBindInfo = z.infer<typeof rangeBindInfo>;

export const host = z.object({
  /** By internal port. */
  bindings: z.record(z.string(), bindInfo),
  /** `rangeBindInfo` by first internal port. */
  bindingRanges: z.record(z.string(), z.unknown()),
  publicDomains: z.record(z.string(), z.object({ gateway: z.string(), acme: z.string().nullable() })),
  privateDomains: z.record(z.string(), z.array(z.string())),
  portForwards: z.array(z.unknown()),
});
export type Host = z.infer<typeof host>;

/**
 * What the kernel asks of whichever plugin provides the network.
 * All addresses are those of the service's container on the bridge.
 */
export interface Network {
  /**
   * The addresses at which a binding, or the range that begins with the port, can be reached now: without an exported
   * interface, on the bridge alone.
   */
  addressesFor(service: string, hostId: string, internalPort: number): readonly HostnameInfo[];
  /** PEM chain, leaf first, root last. Only for names the asking service may hold. */
  certificate(
    service: string,
    hostnames: readonly string[],
    algorithm: 'ecdsa' | 'ed25519',
  ): Promise<readonly string[]>;
  /** PEM, PKCS#8: the key of the certificate for the same names and algorithm. */
  certificateKey(service: string, hostnames: readonly string[], algorithm: 'ecdsa' | 'ed25519'): Promise<string>;
}

export const bindParams = bindOptions.extend({ id: freeId, internalPort: port });
export const bindingKey = z.object({ id: freeId, internalPort: port });
export const packageOrOwn = { packageId: packageId.nullish() };

/** What the network shows to everybody, and what it keeps to itself. */
import { pluginHostnameInfo } from '@hearth/contract';
import { z } from 'zod';

/** By whom, when not by this plugin: a service that gives addresses to others. */
const given = z.object({
  service: z.string(),
  /** It is a confined plugin, not a service. */
  confined: z.literal(true).optional(),
  /** Actions of that service about this address; `remove` takes it away. */
  actions: z.object({ remove: z.string().nullable(), more: z.array(z.string()) }),
  /** What those actions are run with, as `urlPluginMetadata`. */
  metadata: pluginHostnameInfo.extend({ interfaceId: z.string() }),
});

export const address = z.object({
  url: z.string(),
  /** `mdns`: on the local network by name; `localhost`: on this machine; `plugin`: see `given`; else by number. */
  kind: z.enum(['mdns', 'localhost', 'ipv4', 'ipv6', 'plugin']),
  given: given.optional(),
});
export type Address = z.infer<typeof address>;

export const networkState = z.object({
  /** SHA-256 of the root certificate, upper-case hex bytes joined by colons; null until it is made. */
  caFingerprint: z.string().nullable(),
  /** The name on the local network, without `.local`: the server's own, or with a number if another box has it. */
  hostname: z.string().nullable(),
  /** By service, by interface; best first. */
  addresses: z.record(z.string(), z.record(z.string(), z.array(address))),
  /** Of Hearth's own page; best first. */
  server: z.array(address),
});
export type NetworkState = z.infer<typeof networkState>;
export const initialState: NetworkState = { caFingerprint: null, hostname: null, addresses: {}, server: [] };

const leaf = z.object({
  service: z.string(),
  /** Sorted. */
  hostnames: z.array(z.string()),
  algorithm: z.enum(['ecdsa', 'ed25519']),
  certificate: z.string(),
  key: z.string(),
});
export type KeptLeaf = z.infer<typeof leaf>;

export const networkSecret = z.object({
  authority: z.object({ root: z.string(), intermediate: z.string(), intermediateKey: z.string() }).nullable(),
  /** Certificates that packages asked for, by service, names and algorithm. */
  leaves: z.record(z.string(), leaf),
  /** Host labels once given: service -> binding -> label. */
  labels: z.record(z.string(), z.record(z.string(), z.string())),
});
export type NetworkSecret = z.infer<typeof networkSecret>;
export const initialSecret: NetworkSecret = { authority: null, leaves: {}, labels: {} };

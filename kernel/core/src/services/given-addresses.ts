/**
 * Addresses that one service gives to bindings of others: an onion address, for one.
 *
 * They stand in the row of the service they are of, so they are there when their provider is stopped, and with them
 * everything that was read from a host. They go when their provider says so, is removed, or may no longer give any.
 */
import { isDeepStrictEqual } from 'node:util';
import { type HostnameInfo, type PluginHostnameInfo, type PluginMetadata, urlPlugin } from '@hearth/contract';
import type { Context } from './context.ts';
import { bindingsOf } from './effects/hosts.ts';
import { effectErrors } from './errors.ts';

/** A package, or a confined plugin: their ids are names of different things. */
export interface Provider {
  readonly id: string;
  readonly confined: boolean;
}

/** From one provider to one binding. */
const most = 64;

export interface Given {
  readonly info: PluginHostnameInfo;
  readonly metadata: PluginMetadata;
}

type Available = readonly HostnameInfo[];

/** The list with the address in it; null where it stands in it already. Given anew with other actions, it is replaced. */
export function exportAddress(available: Available, { info, metadata }: Given): HostnameInfo[] | null {
  const { ssl, public: open, hostname, port } = info;
  const next: HostnameInfo = { ssl, public: open, hostname, port, metadata: { ...metadata } };
  const at = available.findIndex((each) => isOf(each, providerOf(metadata)) && sameAddress(each, info));
  if (at === -1) return [...copy(available), next];
  if (isDeepStrictEqual(copy(available)[at], copy([next])[0])) return null;
  return copy(available).toSpliced(at, 1, next);
}

/** Gives one to a binding that is there. @returns false where there is none */
export async function giveAddress(
  { rows, events, callbacks }: Pick<Context, 'rows' | 'events' | 'callbacks'>,
  given: Given,
  reason: string,
): Promise<boolean> {
  const { packageId, hostId, internalPort } = given.info;
  const key = String(internalPort);
  const binding = packageId === null ? undefined : rows.read(packageId)?.hosts[hostId]?.bindings[key];
  if (packageId === null || binding === undefined) return false;
  const after = exportAddress(binding.addresses.available, given);
  if (after === null) return true;
  const provider = providerOf(given.metadata);
  if (after.filter((each) => isOf(each, provider)).length > most)
    throw effectErrors.refused({ reason: `one package gives a binding at most ${most} addresses` });
  await rows.change(packageId, reason, (row) => {
    const now = row.hosts[hostId]?.bindings[key];
    if (now !== undefined)
      now.addresses.available = exportAddress(now.addresses.available, given) ?? now.addresses.available;
  });
  events.emit('service.network', { service: packageId });
  callbacks.changed();
  return true;
}

/** Of all that a provider gave, what is in `except` stays. */
export async function keepAddresses(
  { rows, events, callbacks }: Pick<Context, 'rows' | 'events' | 'callbacks'>,
  provider: Provider,
  except: readonly PluginHostnameInfo[],
  reason: string,
): Promise<void> {
  const goes = (service: string, host: string, port: string, each: HostnameInfo): boolean =>
    isOf(each, provider) &&
    !except.some(
      (kept) =>
        kept.packageId === service &&
        kept.hostId === host &&
        String(kept.internalPort) === port &&
        sameAddress(each, kept),
    );
  for (const { id, hosts } of rows.all()) {
    const some = [...bindingsOf(hosts)].some(([host, port, { addresses }]) =>
      addresses.available.some((each) => goes(id, host, port, each)),
    );
    if (!some) continue;
    await rows.changeIfThere(id, reason, (row) => {
      for (const [host, port, { addresses }] of bindingsOf(row.hosts))
        if (addresses.available.some((each) => goes(id, host, port, each)))
          addresses.available = copy(addresses.available).filter((each) => !goes(id, host, port, each));
    });
    events.emit('service.network', { service: id });
  }
  callbacks.changed();
}

/** After a change of version, or when it is gone: who may not give addresses has given none. */
export async function dropUndeclared(
  context: Pick<Context, 'rows' | 'events' | 'callbacks'>,
  provider: string,
): Promise<void> {
  const row = context.rows.read(provider);
  if (row?.manifest.plugins.includes(urlPlugin) === true) return;
  if (row?.plugin !== undefined)
    await context.rows.changeIfThere(provider, 'plugin.url.drop', (draft) => {
      delete draft.plugin;
    });
  await keepAddresses(context, { id: provider, confined: false }, [], 'plugin.url.drop');
}

const providerOf = ({ packageId, confined }: PluginMetadata): Provider => ({
  id: packageId,
  confined: confined === true,
});

function isOf({ metadata }: HostnameInfo, { id, confined }: Provider): boolean {
  return metadata.kind === 'plugin' && metadata['packageId'] === id && (metadata['confined'] === true) === confined;
}

function sameAddress(one: HostnameInfo, other: PluginHostnameInfo): boolean {
  return (
    one.hostname === other.hostname && one.port === other.port && one.ssl === other.ssl && one.public === other.public
  );
}

/** Parts of a draft as values of their own. */
function copy(available: Available): HostnameInfo[] {
  return JSON.parse(JSON.stringify(available)) as HostnameInfo[];
}

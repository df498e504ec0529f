/** The things of the state that scripts can watch, by key: what a key stands for is the same under every kernel. */
import type { Watched } from '../callbacks.ts';
import { addressOf, type Context } from '../context.ts';
import { hostInfo, interfacesOf } from '../effects/hosts.ts';
import { statusInfo } from '../effects/status.ts';

type Reader = (context: Context, target: string, id: string) => unknown;

const readers = {
  status: (context, target) => statusInfo(context, context.rows.read(target)),
  manifest: ({ rows }, target) => rows.read(target)?.manifest ?? null,
  host: hostInfo,
  address: (context, target) => {
    const row = context.rows.read(target);
    return row === null ? null : addressOf(context, row.index);
  },
  interface: ({ rows }, target, id) => interfacesOf(rows.read(target))[id] ?? null,
  smtp: ({ mail }) => mail.read(),
  interfaces: ({ rows }, target) => interfacesOf(rows.read(target)),
} satisfies Record<string, Reader>;

export type WatchedKind = keyof typeof readers;

/** @param target a service; @param id of a host or an interface of it */
export function watched(context: Context, kind: WatchedKind, target: string, id = ''): Watched {
  const read: Reader = readers[kind];
  return { key: id === '' ? `${kind} ${target}` : `${kind} ${target} ${id}`, read: () => read(context, target, id) };
}

/** The other way round; null for what only the script that asked can make out, such as certificates. */
export function watchedByKey(context: Context, key: string): Watched | null {
  const [kind = '', target = '', ...id] = key.split(' ');
  return Object.hasOwn(readers, kind) ? watched(context, kind as WatchedKind, target, id.join(' ')) : null;
}

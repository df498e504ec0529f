/** Adds to the history and keeps it short. Works on a draft; pure otherwise. */
import type { NotificationsConfig } from './config.ts';
import type { Item, NotificationsState } from './state.ts';

export function add(draft: NotificationsState, item: Item, limits: NotificationsConfig): void {
  draft.items[item.id] = { ...item };
  const all = Object.values(draft.items);
  const ofService = item.service === null ? [] : all.filter(({ service }) => service === item.service);
  for (const { id } of surplus(ofService, limits.keepPerService, item.id)) delete draft.items[id];
  for (const { id } of surplus(Object.values(draft.items), limits.keep, item.id)) delete draft.items[id];
}

/** The oldest of those that were seen go first; the one just added stays. */
function surplus(items: readonly Item[], keep: number, newest: string): readonly Item[] {
  return items
    .filter(({ id }) => id !== newest)
    .toSorted((a, b) => Number(b.seen) - Number(a.seen) || a.createdAt - b.createdAt)
    .slice(0, Math.max(0, items.length - keep));
}

import type { AnyMethod, Slice } from '@hearth/contract';
import { defineMethod, freeId } from '@hearth/contract';
import { z } from 'zod';
import { errors } from './errors.ts';
import { item, type NotificationsState } from './state.ts';

const ids = z.object({ ids: z.array(freeId).min(1).max(10_000) });
const revision = z.object({ rev: z.number() });

export function notificationMethods(state: Slice<NotificationsState>): readonly AnyMethod[] {
  /** All or nothing: a wrong id changes nothing. */
  const change = async (
    reason: string,
    chosen: readonly string[],
    to: (draft: NotificationsState, id: string) => void,
  ) => ({
    rev: await state.commit(reason, (draft) => {
      for (const id of chosen) {
        if (!Object.hasOwn(draft.items, id)) throw errors.unknown({ id });
        to(draft, id);
      }
    }),
  });

  return [
    defineMethod({
      name: 'notification.list',
      about: 'List what the server and its services have told, the latest first.',
      input: z.object({ unseen: z.boolean().default(false), limit: z.number().int().min(1).max(10_000).default(100) }),
      output: z.object({ notifications: z.array(item) }),
      allow: 'viewer',
      run: ({ unseen, limit }) => ({
        notifications: Object.values(state.read().items)
          .filter(({ seen }) => !unseen || !seen)
          .toSorted((a, b) => b.createdAt - a.createdAt)
          .slice(0, limit),
      }),
    }),
    defineMethod({
      name: 'notification.mark-seen',
      about: 'Mark notifications as seen.',
      input: ids,
      output: revision,
      allow: 'admin',
      run: ({ ids: chosen }) =>
        change('notification.mark-seen', chosen, ({ items }, id) => {
          const found = items[id];
          if (found !== undefined) found.seen = true;
        }),
    }),
    defineMethod({
      name: 'notification.remove',
      about: 'Remove notifications for good.',
      input: ids,
      output: revision,
      allow: 'admin',
      run: ({ ids: chosen }) =>
        change('notification.remove', [...new Set(chosen)], ({ items }, id) => delete items[id]),
    }),
  ];
}

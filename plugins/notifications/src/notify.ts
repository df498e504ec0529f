import { randomBytes } from 'node:crypto';
import type { Slice } from '@hearth/contract';
import type { Notifications } from './api.ts';
import type { NotificationsConfig } from './config.ts';
import { add } from './history.ts';
import type { NotificationsState } from './state.ts';

export function createNotify(
  state: Slice<NotificationsState>,
  limits: NotificationsConfig,
  now: () => number = Date.now,
): Notifications['notify'] {
  return async ({ level, title, message, service = null, data = null }) => {
    const createdAt = now();
    const id = `${createdAt.toString(36)}-${randomBytes(4).toString('hex')}`;
    const texts = { title: title.slice(0, 200), message: message.slice(0, 4000) };
    const item = { id, level, ...texts, service, createdAt, seen: false, data: data?.slice(0, 65536) ?? null };
    await state.commit('notification.create', (draft) => add(draft, item, limits));
    return id;
  };
}

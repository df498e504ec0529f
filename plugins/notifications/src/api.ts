/** All another plugin may know of notifications: how to tell the owner something. */
import { serviceRef } from '@hearth/contract';
import type { Item } from './state.ts';

export type { Item as NotificationItem, NotificationsState } from './state.ts';

/** What is told. `service` is set when a service says it, or it is about one; texts too long are cut. */
export interface Notice extends Pick<Item, 'level' | 'title' | 'message'> {
  readonly service?: string | null;
  /** For programs: JSON of whatever belongs to it. */
  readonly data?: string | null;
}

export interface Notifications {
  /** Durable when it resolves with the new item's id. */
  readonly notify: (notice: Notice) => Promise<string>;
}

export const notificationsRef = serviceRef<Notifications>('notifications');

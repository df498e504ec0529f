import { freeId, instant, packageId } from '@hearth/contract';
import { z } from 'zod';

export const item = z.object({
  id: freeId,
  level: z.enum(['success', 'info', 'warning', 'error']),
  title: z.string().max(200),
  message: z.string().max(4000),
  /** Who says it, or whom it is about; null for the server itself. */
  service: packageId.nullable(),
  createdAt: instant,
  seen: z.boolean(),
  data: z.string().max(65536).nullable(),
});
export type Item = z.infer<typeof item>;

export const notificationsState = z.object({ items: z.record(freeId, item) });
export type NotificationsState = z.infer<typeof notificationsState>;
export const initialState: NotificationsState = { items: {} };

/** What the demonstration answers on the day on which something is broken. */
import type { Methods } from '../../link/methods.ts';

type Rescue = 'support.bundle' | 'db.snapshot.list' | 'db.restore' | 'db.repair' | 'kernel.restart';

export const rescueHandlers: { readonly [M in Rescue]: () => Methods[M]['output'] } = {
  'support.bundle': () => ({ bundle: { format: 1 } }),
  'db.snapshot.list': () => ({
    snapshots: [
      { name: '20261122T060000Z-daily', at: Date.now() - 86_400_000, occasion: 'daily', bytes: 20_000 },
      { name: '20261120T060000Z-update', at: Date.now() - 3 * 86_400_000, occasion: 'update', bytes: 20_000 },
    ],
  }),
  'db.restore': () => ({ restarts: false }),
  'db.repair': () => ({ restarts: false }),
  'kernel.restart': () => ({ restarts: false }),
};

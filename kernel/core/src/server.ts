/** The machine's own record: slices `server` and `boot`. */
import { randomUUID } from 'node:crypto';
import { type BootState, bootSlice, type Events, type Server, type ServerState, serverSlice } from '@hearth/contract';
import { hostLabel } from './host-label.ts';
import type { Clock } from './parts.ts';
import type { Store } from './state/store.ts';

export interface ServerPart extends Server {
  boot(): BootState;
  report(change: (draft: BootState) => void): Promise<number>;
  /** Writes down that this release has started now. */
  begin(version: string): Promise<number>;
}

export function createServer(parts: {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
}): ServerPart {
  const server = parts.store.slice<ServerState>({
    name: 'server',
    schema: serverSlice,
    initial: { id: randomUUID(), name: '', hostname: 'hearth', setUp: false, version: '', startedAt: 0 },
  });
  const boot = parts.store.slice<BootState>({
    name: 'boot',
    schema: bootSlice,
    initial: { mode: 'starting', plugins: [] },
  });
  return {
    read: () => server.read(),
    boot: () => boot.read(),
    report: (change) => boot.commit('boot', change),
    begin: (version) =>
      server.commit('boot', (draft) => {
        draft.version = version;
        draft.startedAt = parts.clock.now();
      }),
    async configure({ name, setUp }) {
      const hostname = hostLabel(name);
      const before = server.read();
      const rev = await server.commit('server.configure', (draft) => {
        draft.name = name;
        draft.hostname = hostname;
        if (setUp !== undefined) draft.setUp = setUp;
      });
      if (before.name !== name || before.hostname !== hostname) parts.events.emit('server.changed', { name, hostname });
      return rev;
    },
  };
}

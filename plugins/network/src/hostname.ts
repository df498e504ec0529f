/**
 * The name this box goes by on the local network: its own, or with a number while another box has that.
 *
 * The name in use is kept over restarts: whoever made a bookmark of `family-2.local` finds it again.
 */
import type { Events, Server, Slice } from '@hearth/contract';
import type { Announcer } from './mdns/announcer.ts';
import type { NetworkState } from './state.ts';

export interface Hostname {
  /** Without `.local`. */
  current(): string;
  /** Asks the local network; true if the name in use changed. */
  settle(announcer: Announcer, signal: AbortSignal): Promise<boolean>;
}

export function createHostname(server: Server, state: Slice<NetworkState>, events: Events): Hostname {
  let settled: { readonly wanted: string; readonly used: string } | null = null;

  function current(): string {
    const wanted = server.read().hostname;
    if (settled?.wanted === wanted) return settled.used;
    const kept = state.read().hostname ?? '';
    return kept.startsWith(`${wanted}-`) && /^\d$/.test(kept.slice(wanted.length + 1)) ? kept : wanted;
  }

  return {
    current,
    async settle(announcer, signal) {
      const before = current();
      const wanted = server.read().hostname;
      const used = await announcer.firstFree(wanted, signal);
      settled = { wanted, used };
      if (used === before) return false;
      if (used !== wanted) events.emit('network.nameTaken', { wanted, used });
      return true;
    },
  };
}

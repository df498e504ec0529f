/** All another plugin may know of the network. */
import type {} from '@hearth/contract/events';

export { networkRef } from '@hearth/contract';
export type { Address, NetworkState } from './state.ts';

declare module '@hearth/contract/events' {
  interface EventMap {
    /** Another machine of the local network has the name this one wants; it goes by another until that is over. */
    'network.nameTaken': {
      /** Both without `.local`. */
      readonly wanted: string;
      readonly used: string;
    };
  }
}

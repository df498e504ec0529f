import type { AnyMethod, Slice } from '@hearth/contract';
import { defineMethod } from '@hearth/contract';
import { z } from 'zod';
import type { NetworkState } from './state.ts';
import { networkState } from './state.ts';

export function networkMethods(state: Slice<NetworkState>): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'net.address.list',
      about: 'List the addresses of the server and of every interface of its services.',
      input: z.object({}),
      output: networkState,
      allow: 'viewer',
      run: () => state.read(),
    }),
  ];
}

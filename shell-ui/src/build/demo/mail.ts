/** The mail server of the demonstration: it takes messages for `example.com` alone. */
import type { Operation } from '@hearth/contract';
import type { Methods } from '../../link/methods.ts';
import { Refusal } from './refusal.ts';

type Names = 'server.set-smtp' | 'server.clear-smtp' | 'server.test-smtp';
type Handlers = { readonly [M in Names]: (input: Methods[M]['input']) => Methods[M]['output'] };

export function mailHandlers(commit: (ops: readonly Operation[]) => { rev: number }): Handlers {
  return {
    'server.set-smtp': ({ password, ...server }) =>
      commit([[['smtp', 'server'], { ...server, hasPassword: password !== undefined }]]),
    'server.clear-smtp': () => commit([[['smtp', 'server'], null]]),
    'server.test-smtp': ({ to }) => {
      if (to.endsWith('@example.com')) return {};
      const data = { host: 'mail.example.com', words: '550 No such mailbox' };
      throw new Refusal('mail.refused', -32005, 'Cannot send by mail server', data);
    },
  };
}

import { describe, expect, test } from '@jest/globals';
import { CallError } from './call-error.ts';
import { Rpc } from './rpc.ts';

interface Sent {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: { id: number; method: string; params: unknown };
}

function made(answer: (sent: Sent) => unknown, token: string | null = 'half') {
  const sent: Sent[] = [];
  const seen: number[] = [];
  let loggedOut = 0;
  const rpc = new Rpc({
    fetch: (url, init) => {
      const one: Sent = {
        url,
        headers: init.headers as Record<string, string>,
        body: JSON.parse(init.body as string) as Sent['body'],
      };
      sent.push(one);
      const value = answer(one);
      if (value instanceof Error) return Promise.reject(value);
      return Promise.resolve({ status: 200, json: () => Promise.resolve(value) } as Response);
    },
    session: { read: () => token, keep: () => undefined, forget: () => undefined },
    seen: (rev) => {
      seen.push(rev);
      return Promise.resolve();
    },
    onLoggedOut: () => {
      loggedOut += 1;
    },
  });
  return { rpc, sent, seen, loggedOut: () => loggedOut };
}

describe('a call', () => {
  test('is one JSON-RPC request with the half of the session the page holds', async () => {
    const { rpc, sent } = made(() => ({ jsonrpc: '2.0', id: 1, result: { rev: 7 } }));
    await rpc.call('package.start', { id: 'syncthing' });
    expect(sent[0]?.url).toBe('/rpc/v1');
    expect(sent[0]?.headers['X-Hearth-Token']).toBe('half');
    expect(sent[0]?.body).toEqual({ jsonrpc: '2.0', id: 1, method: 'package.start', params: { id: 'syncthing' } });
  });

  test('sends no token it does not have', async () => {
    const { rpc, sent } = made(() => ({ result: { setUp: false, codeRequired: true } }), null);
    await rpc.call('setup.status', {});
    expect(sent[0]?.headers).not.toHaveProperty('X-Hearth-Token');
  });

  test('returns when the page has seen what it changed', async () => {
    const { rpc, seen } = made(() => ({ result: { rev: 41 } }));
    await rpc.call('package.stop', { id: 'syncthing' });
    expect(seen).toEqual([41]);
  });

  test('fails with the code and the data of the server', async () => {
    const { rpc, loggedOut } = made(() => ({
      error: { code: -32009, message: 'Cannot', data: { code: 'services.busy', callId: 'c1', service: 'x' } },
    }));
    const error = await rpc.call('package.start', { id: 'x' }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ code: 'services.busy', callId: 'c1', data: { service: 'x' } });
    expect(loggedOut()).toBe(0);
  });

  test('notices that the session is over, but takes a wrong password for what it is', async () => {
    const over = made(() => ({ error: { code: -32001, message: '', data: { code: 'rpc.signInFirst' } } }));
    await expect(over.rpc.call('package.start', { id: 'x' })).rejects.toMatchObject({ needsLogin: true });
    expect(over.loggedOut()).toBe(1);
    const wrong = made(() => ({ error: { code: -32001, message: '', data: { code: 'accounts.wrongPassword' } } }));
    await expect(wrong.rpc.call('auth.login', { password: 'x' })).rejects.toMatchObject({ needsLogin: false });
    expect(wrong.loggedOut()).toBe(0);
  });

  test('tells a silent server from a strange answer', async () => {
    const silent = made(() => new TypeError('failed to fetch'));
    await expect(silent.rpc.call('auth.logout', {})).rejects.toMatchObject({
      code: 'link.unreachable',
      mayRetry: true,
    });
    const strange = made(() => '<html>');
    await expect(strange.rpc.call('auth.logout', {})).rejects.toMatchObject({ code: 'link.unreadable' });
  });
});

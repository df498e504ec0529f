import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Log } from '@hearth/contract';
import { GuestLink } from './guest-link.ts';

const quiet = { warn: () => undefined, debug: () => undefined, info: () => undefined, error: () => undefined };

test('a subcontainer whose guest went away before it heard of it is taken back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-link-'));
  const asked = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const takenBack = Promise.withResolvers<unknown>();
  const link = new GuestLink({
    ...{ service: 'alpha', folder, log: quiet as unknown as Log, now: Date.now },
    ...{ accepts: () => true, arrived: () => undefined, lost: () => gone.resolve() },
    async effect(method, params) {
      if (method === 'subcontainer.destroy-fs') takenBack.resolve(params);
      if (method !== 'subcontainer.create-fs') return { result: null };
      asked.resolve();
      await gone.promise;
      return { result: ['/media/startos/subcontainers/guid-0001', 'guid-0001'] };
    },
  });
  try {
    await link.open();
    const guest = connect(join(folder, 'host.sock'));
    const hello = { protocol: 1, guest: '0', instance: 'i', phase: 'fresh', running: [], results: [], callbacks: [] };
    guest.write(`${JSON.stringify({ id: 0, method: 'hello', params: { ...hello, health: {} } })}\n`);
    guest.write(`${JSON.stringify({ id: 1, method: 'subcontainer.create-fs', params: { imageId: 'main' } })}\n`);
    await asked.promise;
    guest.destroy();
    expect(await takenBack.promise).toEqual({ guid: 'guid-0001' });
  } finally {
    await link.close({ remove: true });
    rmSync(folder, { recursive: true, force: true });
  }
});

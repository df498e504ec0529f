/** Tests that run the same expression in the sandbox and in Node: what scripts see must be what they know. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { act, dropBuiltGuest, startGuest, type TestGuest } from './guest-under-test.ts';

type Body = (require: NodeJS.Require, folder: string) => Promise<unknown>;
const AsyncFunction = (async () => undefined).constructor as new (...args: string[]) => Body;

const script = `
  const AsyncFunction = (async () => {}).constructor;
  exports.init = async () => {};
  exports.actions = { get: () => ({ getInput: async () => null, run: async ({ input }) =>
    new AsyncFunction('require', 'folder', input)(require, '/media/startos/volumes/main') }) };
`;

/** @param bodies of async functions, by what they show; `require` and an empty `folder` are at hand */
export function asInNode(bodies: Readonly<Record<string, string>>): void {
  let guest: TestGuest;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-node-'));
    guest = await startGuest(script);
    await guest.host.request('init', { id: 'event-init-01', kind: null });
  }, 60_000);
  afterAll(async () => {
    await guest[Symbol.asyncDispose]();
    await dropBuiltGuest();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(Object.entries(bodies))(
    '%s',
    async (_name, body) => {
      const expected: unknown = await new AsyncFunction('require', 'folder', body)(
        createRequire(import.meta.url),
        folder,
      );
      expect(await act(guest, body)).toEqual(JSON.parse(JSON.stringify(expected)));
    },
    60_000,
  );
}

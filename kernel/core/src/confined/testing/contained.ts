/** Sets a plugin off that takes more than is its, beside one that does not, and looks how both fare. */
import { expect } from '@jest/globals';
import type { Capability } from '@hearth/contract';
import { type ConfinedRuntime, startBox } from './box.ts';
import type { TestPlugin } from './plugins.ts';

export const quickLimits = { firstWaitMs: 50, longestWaitMs: 100, everyMs: 100, silentMs: 8000, mostCrashes: 3 };
const capabilities: readonly Capability[] = [{ capability: 'methods', reason: 'Because the test wants to see it.' }];

/** A plugin whose one method, `go`, runs this. */
export function trying(id: string, body: string, more: Partial<TestPlugin> = {}): TestPlugin {
  return {
    id,
    capabilities,
    manifest: { methods: { go: { about: 'Try it', allow: 'owner' } } },
    script: `module.exports = { methods: { go: async (input, { hearth }) => { ${body} } } };`,
    ...more,
  };
}

export async function mustBeContained(runtime: ConfinedRuntime, body: string, why: RegExp | null): Promise<void> {
  await using box = await startBox({ runtime, confined: { limits: { ...quickLimits, firstWaitMs: 200 } } });
  await box.install(trying('greedy', body));
  await box.install(trying('modest', 'return "well"'));
  const call = box.rpc('greedy.go');
  const over = expect(call).rejects.toMatchObject({ code: expect.stringMatching(/^plugins\.(ended|failed)$/) });
  expect(await box.rpc('modest.go')).toBe('well');
  await over;
  await box.until('greedy', 'running');
  const { lines } = await box.rpc('plugin.logs', { id: 'greedy' });
  if (why !== null) expect(lines.at(-1).message).toMatch(why);
  expect(await box.rpc('modest.go')).toBe('well');
}

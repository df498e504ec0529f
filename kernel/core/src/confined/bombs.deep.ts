/** Every way we know of taking more than one's share; a sample runs always (escapes.system.ts). */
import { afterAll, beforeAll, test } from '@jest/globals';
import { bombs } from './testing/bombs.ts';
import { buildRuntime, type ConfinedRuntime } from './testing/box.ts';
import { mustBeContained } from './testing/contained.ts';

let runtime: ConfinedRuntime;
beforeAll(async () => {
  runtime = await buildRuntime();
}, 60_000);
afterAll(() => runtime.remove());

test.each(bombs)(
  '%s: ended, told, started again, and nothing else suffers',
  (_, body, why) => mustBeContained(runtime, body, why),
  120_000,
);

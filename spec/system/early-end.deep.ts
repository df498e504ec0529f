/**
 * A service whose script and programs are just beginning may be stopped, started anew or taken away at every moment of it:
 * each of these ends, and leaves what it says it leaves. The package is made with the published SDK, whose own ends take
 * longest.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Random, random } from '../testbed/random.ts';
import { ExampleBox, until } from './example-box.ts';
import type { PackedExample } from './package-image.ts';

const minute = 60_000;
jest.setTimeout(20 * minute);

const id = 'hello-world';
const seed = 11;
let examples: ExampleBox;
let packed: PackedExample;

beforeAll(async () => {
  examples = await ExampleBox.make();
  packed = await examples.pack(id);
}, 5 * minute);
afterAll(() => examples.close(), 3 * minute);

/** Ends within a minute, or the test tells what the box knew of it then. */
async function ends(job: string, what: string): Promise<any> {
  try {
    return await until(what, minute, async () => {
      const row = await examples.box.call('job.get', { job });
      return row.finishedAt === null ? null : row;
    });
  } catch (error) {
    throw new Error(
      `${String(error)}: ${JSON.stringify([await examples.row(id), await examples.box.call('package.logs', { id })])}`,
    );
  }
}

/** Nothing of the service is left on the machine. */
function gone(): void {
  expect(examples.box.pids('', id)).toEqual([]);
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  expect(mounts.filter((line) => line.includes(examples.box.config.data) && line.includes(`/${id}/`))).toEqual([]);
  expect(existsSync(join(examples.box.config.data, 'engine/volumes', id))).toBe(false);
  const containers = execFileSync('lxc-ls', ['-1', '-P', examples.box.config.lxcPath], { encoding: 'utf8' });
  expect(containers).not.toContain(id);
}

/** From nothing at all to a moment in which its programs begin. */
async function beginning(rest: number): Promise<void> {
  await examples.box.call('package.start', { id });
  await sleep(rest);
}

const rounds = 40;

test(
  `it is taken away ${rounds} times as it begins, and nothing is left`,
  async () => {
    const next: Random = random(seed);
    for (let round = 0; round < rounds; round += 1) {
      const rest = next.below(900);
      await examples.sideload(packed);
      await beginning(rest);
      const { job } = await examples.box.call('package.uninstall', { id });
      const { state, error } = await ends(job, `round ${round}: removal ${rest} ms after the start ends`);
      expect({ round, rest, state, error }).toEqual({ round, rest, state: 'succeeded', error: null });
      gone();
    }
  },
  20 * minute,
);

test(
  `it is stopped or restarted ${rounds} times as it begins, and does what was said last`,
  async () => {
    const next: Random = random(seed + 1);
    await examples.sideload(packed);
    for (let round = 0; round < rounds; round += 1) {
      await beginning(next.below(900));
      const stops = next.pick([true, false]);
      await examples.box.call(stops ? 'package.stop' : 'package.restart', { id });
      await examples.becomes(id, stops ? 'stopped' : 'running');
    }
    await examples.start(id);
    await examples.healthy(id);
    const { job } = await examples.box.call('package.uninstall', { id });
    expect((await ends(job, 'its removal ends')).state).toBe('succeeded');
    gone();
  },
  20 * minute,
);

/** Two hundred updates of a real service in a real container, something wrong with each: two hundred end well. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Lanes, lanes } from './lanes.ts';
import { faultNames, Returns } from './returns.ts';

const minute = 60_000;
const seed = Number(process.env['HEARTH_SEED'] ?? 0);
const count = 200;
const atOnce = 3;
const places = Array.from({ length: count }, (_, place) => place);
const faultAt = (place: number): string => faultNames[place % faultNames.length] ?? '';

const servers: Returns[] = [];
let outcomes: Lanes<number, string>;
const ended = { returned: 0, updated: 0 };

/** Answers what is wrong; '' when nothing is. */
async function updated(server: Returns, place: number): Promise<string> {
  const outcome = await server.update(faultAt(place), seed * count + place);
  if (outcome.wrong === '') ended[outcome.updated ? 'updated' : 'returned'] += 1;
  else process.stderr.write(`update ${place}, with ${faultAt(place)}: ${outcome.wrong}\n`);
  return outcome.wrong;
}

beforeAll(async () => {
  for (let lane = 0; lane < atOnce; lane++) servers.push(await Returns.open());
  outcomes = lanes(servers, places, updated);
}, 10 * minute);
afterAll(async () => {
  await outcomes.over;
  const { returned, updated: forward } = ended;
  process.stderr.write(`Of ${count}: ${returned} back with data byte-equal, ${forward} updated all the same\n`);
  for (const server of servers) await server.close();
}, 60 * minute);

test.each(places.map((place): [number, string] => [place, faultAt(place)]))(
  'update %i, with %s',
  async (place) => {
    expect(await outcomes.of(place)).toBe('');
  },
  60 * minute,
);

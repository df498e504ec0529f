import { expect, test } from '@jest/globals';
import { Campaign } from './campaign.ts';
import { judge, truthOf } from './judge.ts';
import { attacker } from './mutate.ts';
import { forge, rawDirectory, rawFile } from './raw.ts';

test('20,000 mutants: none crashes, hangs or passes for what it is not', async () => {
  const campaign = await Campaign.prepare(0.1);
  for (let seed = 1; seed <= 20_000; seed++) await campaign.step(seed);
  const { tally } = campaign;
  expect(tally.faults.map(({ seed, reason, mutant }) => `${seed} ${mutant.what} ${reason}`)).toEqual([]);
  expect(tally.mutants).toBe(20_000);
  // The mutants reach every check of the reader, so that none of them is only believed to work.
  const reached = [...tally.refused.keys()];
  for (const name of [
    'truncated',
    'badMagic',
    'unsupportedVersion',
    'badSignature',
    'rootTocTooLarge',
    'tocLargerThanSigned',
    'countTooLarge',
    'varintTooLong',
    'varintNotShortest',
    'tocTruncated',
    'trailingBytes',
    'badName',
    'duplicateName',
    'badType',
    'tocHashMismatch',
    'outOfBounds',
    'overlap',
    'hashMismatch',
  ]) {
    expect(reached).toContain(`s9pk.${name}`);
  }
  expect(tally.accepted).toBeGreaterThan(100);
}, 120_000);

test('the judge knows a forgery when it sees one', async () => {
  const bytes = forge(rawDirectory('', [rawFile('a', Uint8Array.of(1))]), attacker);
  const other = await truthOf(forge(rawDirectory('', [rawFile('a', Uint8Array.of(2))]), attacker));
  const mutant = { what: 'test', bytes, original: bytes };
  expect(await judge(mutant, 'strict', other)).toEqual({ outcome: 'fault', reason: 'forged "a"' });
  expect(await judge(mutant, 'strict', await truthOf(bytes))).toEqual({ outcome: 'accepted' });
});

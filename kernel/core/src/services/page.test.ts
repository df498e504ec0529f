/** `spec/40-services.md` and the code say the same: every state, move, deadline, job and step, both ways. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { JobDefinition } from '@hearth/contract';
import { actualState } from '@hearth/contract';
import { deadlines } from './deadlines.ts';
import { installJob, restoreJob } from './install/install.ts';
import { rebuildJob } from './install/rebuild.ts';
import { uninstallJob } from './install/uninstall.ts';
import { updateJob } from './install/update.ts';
import { afterLoss, askers, type Move, moves } from './machine.ts';

const page = readFileSync(new URL('../../../../spec/40-services.md', import.meta.url), 'utf8');

const words: Readonly<Record<Move, string>> = {
  start: 'start',
  cameUp: 'came up',
  stop: 'stop',
  wentDown: 'went down',
  died: 'died',
  lost: 'lost',
  giveUp: 'give up',
  rest: 'rest',
  backUp: 'back up',
  backedUp: 'backed up',
  update: 'update',
  remove: 'remove',
  settle: 'settle',
};

/** Cells of the first table after a heading or line; without its head. */
function table(after: string): string[][] {
  const rest = page.split('\n').slice(page.split('\n').findIndex((line) => line.startsWith(after)));
  const begin = rest.findIndex((line) => line.startsWith('|'));
  const length = rest.slice(begin).findIndex((line) => !line.startsWith('|'));
  return rest.slice(begin + 2, begin + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const names = (cell: string | undefined): string[] => (cell ?? '').split(', ').filter(Boolean);

test('the drawing has every move, and no other', () => {
  const drawn = [...page.matchAll(/^ {2}(\w+) --> (\w+): (.*)$/gm)].map(([, from, to, move]) =>
    [from?.replace('_', '-'), to?.replace('_', '-'), move].join(' '),
  );
  const coded = Object.entries(moves).flatMap(([from, ways]) =>
    Object.entries(ways).map(([move, to]) => [from, to, words[move as Move]].join(' ')),
  );
  expect(drawn.sort()).toEqual(coded.sort());
});

test('who may ask for each move', () => {
  const told = table('| move | asked by |').flatMap(([cell, who]) => names(cell).map((move) => [move, names(who)]));
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries(Object.entries(askers).map(([move, who]) => [words[move as Move], [...who]])),
  );
});

test('how long each thing may take', () => {
  const told = table('## 2. Deadlines').map(([name, , seconds]) => [
    name?.replaceAll('`', ''),
    Number(seconds?.replace(',', '')) * 1000,
  ]);
  expect(Object.fromEntries(told)).toEqual(deadlines);
});

test('what a new kernel does, state by state', () => {
  const told = table('| was | its container runs').flatMap(([cell, up, down]) =>
    names(cell).map((state) => [state, [up, down]]),
  );
  const coded = actualState.options.map((state) => [state, [afterLoss(state, true), afterLoss(state, false)]]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(coded));
});

describe('the steps of', () => {
  // Only what they are called, whether they can be taken back, and where there is no return is looked at.
  const workshop = {} as Parameters<typeof installJob>[0];
  const made = [installJob, restoreJob, updateJob, uninstallJob, rebuildJob].map(
    (make) => make(workshop) as JobDefinition<any, any>,
  );

  test.each(made.map((job) => [job.kind, job] as const))('%s', (kind, job) => {
    const heading = page.split('\n').find((line) => line.startsWith('### ') && line.includes(`\`${kind}\``)) ?? '';
    expect(heading.endsWith(job.afterCrash === 'undo' ? 'after a crash back' : 'after a crash on')).toBe(true);
    const rows = table(heading).flatMap(([cell, , back]) => names(cell).map((name) => ({ name, back: back ?? '' })));
    const told = rows.filter(({ name }) => kind !== 'package.install' || name !== 'fill');
    const coded = job.steps.map(({ name, noReturn }) => (noReturn === true ? `**${name}**` : name));
    expect(told.map(({ name }) => name)).toEqual(coded);
    const point = job.steps.findIndex(({ noReturn }) => noReturn === true);
    for (const [place, step] of job.steps.entries()) {
      const back = told[place]?.back ?? '';
      // Beyond the point nothing is taken back, and the page says nothing; before it, it says how or why not.
      if (place >= point) expect([step.name, back, 'undo' in step]).toEqual([step.name, '', false]);
      else {
        expect(back).not.toBe('');
        if (!back.startsWith('as above'))
          expect([step.name, !back.startsWith('nothing')]).toEqual([step.name, 'undo' in step]);
      }
    }
    expect(job.steps.filter(({ noReturn }) => noReturn === true)).toHaveLength(1);
  });
});

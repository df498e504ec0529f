import { expect, test } from '@jest/globals';
import { readPanelMessage } from './panel-message.ts';

test('takes calls of commands and heights, and nothing else', () => {
  expect(readPanelMessage({ id: 1, call: 'water', input: { litres: 5 } })).toEqual({
    id: 1,
    call: 'water',
    input: { litres: 5 },
  });
  expect(readPanelMessage({ height: 120.5 })).toEqual({ height: 120.5 });
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  for (const odd of [
    null,
    'water',
    {},
    { height: Number.NaN },
    { id: 1.5, call: 'water', input: {} },
    { id: 1, call: '../package.stop', input: {} },
    { id: 1, call: 'package.stop', input: {} },
    { id: 1, call: 'water', input: [] },
    { id: 1, call: 'water', input: null },
    { id: 1, call: 'water', input: circle },
    { id: 1, call: 'water', input: { text: 'x'.repeat(300_000) } },
    { id: 1, call: 'a'.repeat(41), input: {} },
  ])
    expect(readPanelMessage(odd)).toBeNull();
});

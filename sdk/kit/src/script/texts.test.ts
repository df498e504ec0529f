import { expect, test } from '@jest/globals';
import { texts } from './texts.ts';

const english = { greeting: 'Hello {name}, {count} are here', bye: 'Good bye' } as const;
const others = { de_DE: { greeting: 'Hallo {name}, {count} sind da' }, de_CH: { bye: 'Ade' }, fr_FR: { bye: 'Adieu' } };

test.each([
  ['en_US.UTF-8', 'Hello Ada, 2 are here', 'Good bye'],
  ['', 'Hello Ada, 2 are here', 'Good bye'],
  ['de_DE.UTF-8', 'Hallo Ada, 2 sind da', 'Good bye'],
  ['de_AT', 'Hallo Ada, 2 sind da', 'Good bye'],
  ['de_CH.UTF-8', 'Hello Ada, 2 are here', 'Ade'],
  ['fr_CA', 'Hello Ada, 2 are here', 'Adieu'],
])('%s', (spoken, greeting, bye) => {
  const t = texts(english, others, spoken);
  expect([t('greeting', { name: 'Ada', count: 2 }), t('bye')]).toEqual([greeting, bye]);
});

test('a text or a value that is not there does not compile', () => {
  const t = texts(english, others, '');
  // @ts-expect-error -- no such text
  expect(t('morning')).toBe('morning');
  // @ts-expect-error -- the number is missing
  expect(t('greeting', { name: 'Ada' })).toBe('Hello Ada, {count} are here');
  // @ts-expect-error -- no such text in the first language
  texts(english, { de_DE: { morning: 'Morgen' } });
});

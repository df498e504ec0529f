/** What the compiler refuses. Each `@ts-expect-error` is an error of the type check itself if nothing is wrong there. */
import { expect, test } from '@jest/globals';
import { FakeMachine } from '../testing/fake-machine.ts';
import { answer } from './answer.ts';
import { defineService } from './define-service.ts';
import * as fields from './fields.ts';

const about = {
  id: 'example',
  title: 'Example',
  version: '1.0.0:0',
  releaseNotes: 'First',
  license: 'MIT',
  description: { short: 'An example', long: 'An example of a service' },
  packageRepo: 'https://example.com/package',
  upstreamRepo: 'https://example.com/upstream',
} as const;
const images = { main: { arch: ['x86_64'] } } as const;
const { host } = new FakeMachine();

test('names that were not declared do not compile', () => {
  defineService(
    {
      about,
      images,
      volumes: ['data'],
      daemons: {
        // @ts-expect-error -- no such image
        a: { image: 'mian', command: ['a'], ready: null },
        // @ts-expect-error -- no such volume
        b: { image: 'main', command: ['b'], ready: null, mounts: { date: '/data' } },
        // @ts-expect-error -- no such daemon
        c: { image: 'main', command: ['c'], ready: null, requires: ['d'] },
      },
      // @ts-expect-error -- no such volume
      backup: ['date'],
      actions: {
        one: {
          name: 'One',
          description: 'One',
          input: { age: fields.number({ name: 'Age', required: false }) },
          run: (context, input) => {
            // @ts-expect-error -- no such volume
            const volume = context.volumes.date;
            // @ts-expect-error -- no such field
            const field = input.name;
            // @ts-expect-error -- it may be null
            const age: number = input.age;
            return Promise.resolve(answer('One', JSON.stringify([volume, field, age])));
          },
        },
      },
      // @ts-expect-error -- no such action
      askAtInstall: { two: { severity: 'optional', reason: 'Why' } },
    },
    host,
  );
  // @ts-expect-error -- not among what is offered
  fields.select({ name: 'Size', values: { s: 'Small' }, default: 'l' });
  const size: 's' | 'm' = fields.select({ name: 'Size', values: { s: 'S', m: 'M' }, default: 's' }).read('m', 'Size');
  expect(size).toBe('m');
});

/** What the compiler refuses. Each `@ts-expect-error` is an error of the type check itself if nothing is wrong there. */
import { expect, test } from '@jest/globals';
import { jsonFile } from '../files/json.ts';
import * as model from '../model/model.ts';
import { about, images } from '../testing/example.ts';
import { FakeMachine } from '../testing/fake-machine.ts';
import { answer } from './answer.ts';
import type { Context } from './context.ts';
import { defineService } from './define-service.ts';
import * as fields from './fields.ts';

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

test('neither do wrong interfaces, files, secrets, dependencies and actions, wherever they are used', () => {
  const port = model.object({ port: model.number() });
  const define = () =>
    defineService(
      {
        about,
        images,
        volumes: ['data'],
        interfaces: { ui: { name: 'Page', description: 'Its page', type: 'ui', port: 80, protocol: 'http' } },
        files: {
          settings: jsonFile({ volume: 'data', path: 'a', model: port, initial: { port: 1 } }),
          maybe: jsonFile({ volume: 'data', path: 'b', model: port }),
          // @ts-expect-error -- no such volume
          lost: jsonFile({ volume: 'date', path: 'c', model: port }),
          // @ts-expect-error -- not what the model says
          wrong: jsonFile({ volume: 'data', path: 'd', model: port, initial: { port: '1' } }),
        },
        secrets: { admin: { name: 'Password', show: 'Log in' } },
        dependencies: { database: { description: 'Keeps data', versionRange: '*', needs: 'exists' } },
        signOn: {
          // @ts-expect-error -- no such dependency
          provider: 'people',
          // @ts-expect-error -- no such interface
          interface: 'page',
          callback: '/back',
        },
        daemons: {
          web: {
            image: 'main',
            async command({ files, interfaces, secrets, dependencies }) {
              const { port: held } = await files.settings.const();
              const text: string = String(held) + (await secrets.admin.once()) + dependencies.database.hostname;
              // @ts-expect-error -- it is a number
              const word: string = held;
              // @ts-expect-error -- the file may be absent
              const other = (await files.maybe.once()).port;
              // @ts-expect-error -- no such file
              const file = files.setting;
              // @ts-expect-error -- no such interface
              const face = interfaces.api;
              // @ts-expect-error -- no such secret
              const secret = secrets.root;
              // @ts-expect-error -- no such dependency
              const needed = dependencies.redis;
              return [text, word, String([other, file, face, secret, needed])];
            },
            // @ts-expect-error -- no such dependency
            dependencyMounts: [{ dependency: 'redis', volume: 'data', at: '/x' }],
            ready: null,
          },
        },
        migrations: {
          '2.0.0:0': {
            async up({ files, volumes }) {
              // @ts-expect-error -- no such part
              await files.settings.merge({ host: 'x' });
              // @ts-expect-error -- no such volume
              await volumes.date.write('a', 'b');
            },
          },
        },
        actions: {
          renew: {
            name: 'Renew',
            description: 'Renews',
            async run({ ask, unask }) {
              await ask('renew', { severity: 'optional', reason: 'Why' });
              await unask('show-admin');
              // @ts-expect-error -- no such action
              await ask('show-root', { severity: 'optional', reason: 'Why' });
              return null;
            },
          },
        },
        // @ts-expect-error -- no such action
        askAtInstall: { 'show-admin': { severity: 'optional', reason: 'Why' }, 'show-root': undefined },
        // @ts-expect-error -- no such volume
        backup: ['data', { volume: 'date', exclude: [] }],
      },
      host,
    );
  // What the compiler refuses is refused at once as well, where it can be seen.
  expect(define).toThrow('File lost is in volume date, which is not declared');
});

test('a context made for less takes one of more', () => {
  const small = ({ volumes }: Context<'data', 'main'>) => volumes.data.path('x');
  const service = defineService(
    {
      about,
      images,
      volumes: ['data', 'cache'],
      secrets: { admin: { name: 'Password' } },
      daemons: {},
      prepare: (context) => Promise.resolve(void small(context)),
      backup: ['cache'],
    },
    host,
  );
  expect(service.manifest.volumes).toEqual(['data', 'cache', 'secrets']);
});

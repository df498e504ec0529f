import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Capability, capability } from './capabilities.ts';
import { compareCapabilities, covers, sentenceOf } from './grants.ts';

const reason = 'Because the test wants to see it.';
type Without<T> = T extends unknown ? Omit<T, 'reason'> : never;
const of = (asked: Without<Capability>): Capability => capability.parse({ ...asked, reason });

describe('sentences', () => {
  test.each<[Without<Capability>, string]>([
    [{ capability: 'storage', megabytes: 10 }, 'Keep up to 10 MB of data of its own on this server'],
    [{ capability: 'timers', everySeconds: 60 }, 'Work by itself, at most every minute'],
    [{ capability: 'timers', everySeconds: 90 }, 'Work by itself, at most every 90 seconds'],
    [{ capability: 'timers', everySeconds: 7200 }, 'Work by itself, at most every 2 hours'],
    [{ capability: 'services.read', services: 'all' }, 'See how all services do: version, state, health'],
    [{ capability: 'services.read', services: ['a'] }, 'See how a does: version, state, health'],
    [
      { capability: 'services.control', services: ['a', 'b'], moves: ['stop', 'restart', 'stop'] },
      'Restart and stop a, b',
    ],
    [
      { capability: 'services.control', services: 'all', moves: ['start', 'stop', 'restart'] },
      'Restart, start and stop all services',
    ],
    [
      { capability: 'events.listen', events: ['service.status', 'garden/rain'] },
      'Be told of: services that start and stop, "rain" of plugin garden',
    ],
    [{ capability: 'network.fetch', hosts: ['a.example'] }, 'Reach a.example on the internet'],
    [
      { capability: 'network.fetch', hosts: ['a.example'], private: true },
      'Reach a.example, also within your home network and this server',
    ],
    [
      { capability: 'backup.target', hosts: ['a.example', '*.b.example'] },
      'Keep encrypted backups, and delete them, at a.example, *.b.example',
    ],
    [
      { capability: 'backup.target', entered: true },
      'Keep encrypted backups, and delete them, at addresses that are entered for it, also within your home network and this server',
    ],
  ])('%j', (asked, words) => expect(sentenceOf(of(asked))).toBe(words));
});

const services = fc.oneof(
  fc.constant('all' as const),
  fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
);
const asked: fc.Arbitrary<Capability> = fc.oneof(
  fc.integer({ min: 1, max: 64 }).map((megabytes) => of({ capability: 'storage', megabytes })),
  fc.integer({ min: 5, max: 86_400 }).map((everySeconds) => of({ capability: 'timers', everySeconds })),
  fc.integer({ min: 1, max: 100 }).map((perDay) => of({ capability: 'notifications', perDay })),
  services.map((named) => of({ capability: 'services.read', services: named })),
  fc
    .tuple(services, fc.uniqueArray(fc.constantFrom('start' as const, 'stop' as const), { minLength: 1 }))
    .map(([named, moves]) => of({ capability: 'services.control', services: named, moves })),
  fc
    .tuple(fc.uniqueArray(fc.constantFrom('a.example', '*.b.example'), { minLength: 1 }), fc.boolean())
    .map(([hosts, near]) => of({ capability: 'network.fetch', hosts, private: near })),
);

describe('a grant', () => {
  test('covers itself, and what it covers is covered by what covers it', () => {
    fc.assert(
      fc.property(asked, asked, asked, (one, two, three) => {
        expect(covers(one, one)).toBe(true);
        if (covers(one, two) && covers(two, three)) expect(covers(one, three)).toBe(true);
        if (one.capability !== two.capability) expect(covers(one, two)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('that is asked for more never holds without a word of the owner', () => {
    fc.assert(
      fc.property(asked, asked, (granted, wanted) => {
        const [row] = compareCapabilities([granted], [wanted]);
        expect(row?.needsGrant).toBe(!covers(granted, wanted));
        if (row?.change === 'same') expect(covers(wanted, granted) && covers(granted, wanted)).toBe(true);
        if (row?.change === 'less') expect(row.needsGrant).toBe(false);
        if (row?.change === 'more' || row?.change === 'new') expect(row.needsGrant).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test.each<[Without<Capability>, Without<Capability>, boolean]>([
    [{ capability: 'timers', everySeconds: 60 }, { capability: 'timers', everySeconds: 30 }, false],
    [{ capability: 'timers', everySeconds: 60 }, { capability: 'timers', everySeconds: 600 }, true],
    [{ capability: 'services.read', services: 'all' }, { capability: 'services.read', services: ['a'] }, true],
    [{ capability: 'services.read', services: ['a'] }, { capability: 'services.read', services: 'all' }, false],
    [
      { capability: 'backup.target', entered: true },
      { capability: 'backup.target', entered: true, hosts: ['a.example'] },
      false,
    ],
    [{ capability: 'backup.target', hosts: ['a.example'] }, { capability: 'backup.target', entered: true }, false],
    [
      { capability: 'backup.target', hosts: ['a.example'], entered: true },
      { capability: 'backup.target', entered: true },
      true,
    ],
    [
      { capability: 'network.fetch', hosts: ['a.example'] },
      { capability: 'network.fetch', hosts: ['a.example'], private: true },
      false,
    ],
    [
      { capability: 'network.fetch', hosts: ['a.example'], private: true },
      { capability: 'network.fetch', hosts: ['a.example'] },
      true,
    ],
    [
      { capability: 'network.fetch', hosts: ['*.example'] },
      { capability: 'network.fetch', hosts: ['a.example'] },
      false,
    ],
  ])('%j, asked %j: %s', (granted, wanted, covered) => expect(covers(of(granted), of(wanted))).toBe(covered));
});

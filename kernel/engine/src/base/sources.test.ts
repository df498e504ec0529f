import { expect, test } from '@jest/globals';
import { parseTargets } from './sources.ts';

test("takes Debian's own suite with updates and security, whatever the mirror, and nobody else's", () => {
  const text = [
    'Debian|bookworm|http://mirror.example/debian/|main',
    'Debian|bookworm-security|http://mirror.example/debian-security/|main',
    'Debian|trixie|http://mirror.example/debian/|main',
    'Somebody|bookworm|http://other.example/apt/|main',
    '|bookworm-updates|http://mirror.example/debian/|main',
  ].join('\n');
  expect(parseTargets(text, 'bookworm').map((line) => line.split('] ')[1])).toEqual([
    'http://mirror.example/debian-security/ bookworm-security main',
    'http://mirror.example/debian/ bookworm main',
    'http://mirror.example/debian/ bookworm-updates main',
  ]);
  expect(parseTargets(text, '')).toEqual([]);
});

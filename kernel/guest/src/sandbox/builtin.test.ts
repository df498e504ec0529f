import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { builtGuest, dropBuiltGuest } from '../testing/guest-under-test.ts';

afterAll(dropBuiltGuest);

test.each(['guest.mjs', 'serving.mjs', 'sandbox.mjs'])(
  '%s loads nothing at its start that costs memory in every service',
  async (name) => {
    const text = readFileSync(join(await builtGuest(), name), 'utf8');
    const parts = [...text.matchAll(/^import [^;]*from ["'](?:node:)?([a-z_/]+)["']/gm)].map(([, part]) => part);
    expect(parts).toContain('fs');
    expect(parts.filter((part) => /^(https?|http2|tls|dns|inspector|repl)$/.test(part ?? ''))).toEqual([]);
    // The script's thread needs it at once, to know its image.
    if (name !== 'sandbox.mjs') expect(parts).not.toContain('crypto');
  },
  60_000,
);

/**
 * Who may rescue a server whose accounts are not up: whoever reads the code that lies where root alone can read it. As
 * long as a key, so that it cannot be guessed; new at every such start.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Authenticator, Principal } from '@hearth/contract';

const letters = 'abcdefghijkmnpqrstuvwxyz23456789';

export interface RescueCode extends Authenticator {
  readonly code: string;
}

/** Writes the code to `<run>/kernel/rescue-code`; the folder exists and is for Hearth and root alone. */
export async function makeRescueCode(run: string): Promise<RescueCode> {
  const drawn = [...randomBytes(25)].map((byte) => letters[byte % letters.length] ?? '').join('');
  const code = drawn.replaceAll(/.{5}(?=.)/g, '$&-');
  await writeFile(codeFile(run), `${code}\n`, { mode: 0o600 });
  const owner: Principal = { kind: 'user', user: 'owner', role: 'owner', session: 'rescue' };
  const hash = hashOf(code);
  return {
    code,
    // Sent as the header that pages of other origins cannot set: there is no cookie to go with it.
    authenticate: ({ token, bearer }) => {
      const given = hashOf((bearer ?? token ?? '').trim().toLowerCase());
      return Promise.resolve(timingSafeEqual(given, hash) ? owner : { kind: 'anonymous' });
    },
    onSessionEnd: () => () => undefined,
  };
}

export async function forgetRescueCode(run: string): Promise<void> {
  await rm(codeFile(run), { force: true });
}

function codeFile(run: string): string {
  return join(run, 'kernel/rescue-code');
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

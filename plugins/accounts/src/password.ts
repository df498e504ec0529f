/** Passwords: Argon2id with OWASP's least parameters, as PHC strings. */
import { argon2, type Argon2Parameters, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { errors } from './errors.ts';

/** What people may choose. The upper bound keeps hashing from being a lever. */
export const newPassword = z.string().min(12, 'at least 12 characters').max(512);
export const anyPassword = z.string().max(512);

/** 19 MiB, two passes, one lane: some 30 ms on a small machine. */
const current = { memory: 19_456, passes: 2, parallelism: 1 } as const;
type Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, current, 32);
  return `$argon2id$v=19$m=${current.memory},t=${current.passes},p=${current.parallelism}$${text(salt)}$${text(hash)}`;
}

/** `outdated`: right, but hashed with other parameters than today's. Throws `accounts.hashUnreadable`. */
export async function verifyPassword(password: string, phc: string): Promise<{ right: boolean; outdated: boolean }> {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([\w+/]+)\$([\w+/]+)$/.exec(phc);
  if (match === null) throw errors.hashUnreadable();
  const [, memory, passes, parallelism, salt = '', hash = ''] = match;
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const expected = Buffer.from(hash, 'base64');
  const actual = await derive(password, Buffer.from(salt, 'base64'), cost, expected.length);
  const right = timingSafeEqual(actual, expected);
  const same =
    cost.memory === current.memory && cost.passes === current.passes && cost.parallelism === current.parallelism;
  return { right, outdated: right && !same };
}

function derive(password: string, nonce: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  // The same text typed on another keyboard may arrive in another form.
  const message = Buffer.from(password.normalize('NFKC'), 'utf8');
  const parameters: Argon2Parameters = { message, nonce, tagLength, ...cost };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function text(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

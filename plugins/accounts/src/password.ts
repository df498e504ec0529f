/** Passwords: Argon2id by Node's own crypto, kept in PHC text form, one at a time so that guessing cannot fill memory. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

/** RFC 9106 and OWASP: 19 MiB, two passes. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

let queue: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = queue.then(work, work);
  queue = result.catch(() => undefined);
  return result;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '');

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await inTurn(() => tagOf(password, nonce, cost, 32));
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${text(nonce)}$${text(tag)}`;
}

/** False for a wrong password and for a text that is no hash; both take as long as a right one. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const [, memory, passes, parallelism, nonce = '', tag = ''] = phc.exec(hash ?? '') ?? [];
  if (memory === undefined) {
    await inTurn(() => tagOf(password, Buffer.alloc(16), cost, 32));
    return false;
  }
  const wanted = Buffer.from(tag, 'base64');
  const given = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const got = await inTurn(() => tagOf(password, Buffer.from(nonce, 'base64'), given, wanted.length));
  return timingSafeEqual(got, wanted);
}

function tagOf(
  password: string,
  nonce: Uint8Array,
  { memory, passes, parallelism }: { memory: number; passes: number; parallelism: number },
  tagLength: number,
): Promise<Buffer> {
  // What a person types is the same password however the keyboard composed it.
  const message = Buffer.from(password.normalize('NFKC'), 'utf8');
  return derive('argon2id', { message, nonce, parallelism, tagLength, memory, passes });
}

/** Random secrets and their hashes: what is kept is of no use to whoever reads it. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Half {
  /** `<id>.<secret>`, 256 bits: what the holder keeps. */
  readonly text: string;
  /** What we keep. */
  readonly hash: string;
}

export function newId(): string {
  return randomBytes(12).toString('base64url');
}

export function newHalf(id: string): Half {
  const secret = randomBytes(32).toString('base64url');
  return { text: `${id}.${secret}`, hash: hashOf(secret) };
}

/** The two parts; null for what cannot be one of ours. */
export function splitHalf(text: string | null): { readonly id: string; readonly secret: string } | null {
  const [, id, secret] = /^([\w-]{16})\.([\w-]{43})$/.exec(text ?? '') ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

export function matches(secret: string, hash: string): boolean {
  const [one, other] = [Buffer.from(hashOf(secret)), Buffer.from(hash)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

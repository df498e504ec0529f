/** Secret slice: the password's hash and the sessions. Only hashes of what a session is proven with are kept. */
import { instant } from '@hearth/contract';
import { z } from 'zod';

export const session = z.object({
  /** Public: names the session in lists. */
  id: z.string(),
  /** Hex of SHA-256 of the origin-bound half. */
  token: z.string(),
  /** The page's origin it was made for; null for programs. */
  origin: z.string().nullable(),
  userAgent: z.string().max(300),
  clientAddress: z.string().max(64),
  createdAt: instant,
  /** Written down every few minutes at the most. */
  lastSeen: instant,
});
export type Session = z.infer<typeof session>;

export const accountsSecret = z.object({
  /** Argon2id, in PHC text form; null until the server is set up. */
  password: z.string().nullable(),
  /** By hex of SHA-256 of the cookie. */
  sessions: z.record(z.string(), session),
});
export type AccountsSecret = z.infer<typeof accountsSecret>;
export const initialSecret: AccountsSecret = { password: null, sessions: {} };

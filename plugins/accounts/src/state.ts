/** What the accounts keep: all of it private. Of every secret only a hash. */
import { instant } from '@hearth/contract';
import { z } from 'zod';

export const role = z.enum(['owner', 'admin', 'viewer']);

export const userRow = z.object({
  role,
  /** Argon2id, PHC string. */
  password: z.string(),
});

const hash = z.string().regex(/^[\w-]{43}$/);

export const sessionRow = z.object({
  user: z.string(),
  /** Of the half in the cookie, SHA-256, base64url. */
  cookie: hash,
  /** Of the half the page keeps. */
  token: hash,
  /** The page it was made at, and the only one it is good for; null for a program. */
  origin: z.string().nullable(),
  userAgent: z.string(),
  clientAddress: z.string(),
  createdAt: instant,
  lastSeen: instant,
});
export type SessionRow = z.infer<typeof sessionRow>;

/** A method, `package.start`, or all beneath a name, `package.*`. */
export const scope = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*(\.\*)?$/, 'the name of a method, or the beginning of one and ".*"');

export const tokenRow = z.object({
  user: z.string(),
  name: z.string().max(100),
  role,
  /** Null: whatever the role may. */
  scopes: z.array(scope).max(64).nullable().default(null),
  secret: hash,
  createdAt: instant,
  expiresAt: instant.nullable(),
});

export const accountsSecret = z.object({
  users: z.record(z.string(), userRow),
  sessions: z.record(z.string(), sessionRow),
  tokens: z.record(z.string(), tokenRow),
});
export type AccountsSecret = z.infer<typeof accountsSecret>;
export const initialSecret: AccountsSecret = { users: {}, sessions: {}, tokens: {} };

/** The one account there is; rows and roles are ready for more. */
export const ownerId = 'owner';

/**
 * The half of the session that a page may hold. The other half is a cookie no script can read; neither is worth anything
 * alone, so a service on another port of this host, which gets the cookie, gets nothing.
 */

const key = 'hearth.token';

export interface SessionToken {
  read(): string | null;
  keep(token: string): void;
  forget(): void;
}

/** Kept in storage of this very origin: scheme, host and port. */
export function storedToken(storage: Storage): SessionToken {
  return {
    read: () => storage.getItem(key),
    keep: (token) => storage.setItem(key, token),
    forget: () => storage.removeItem(key),
  };
}

/** What the door asks of whichever plugin knows the accounts. */
import type { Exchange, Principal } from './method.ts';

export interface Authenticator {
  /**
   * Who this is, or anonymous. A session needs both halves: the cookie and the origin-bound token; a bearer token
   * (`Authorization: Bearer`) stands alone. Never throws for a wrong one.
   */
  authenticate(
    exchange: Pick<Exchange, 'clientAddress' | 'origin' | 'token' | 'cookie'> & { readonly bearer: string | null },
  ): Promise<Principal>;
  /** Calls when a session ends, so that its sockets can be closed. */
  onSessionEnd(listener: (session: string) => void): () => void;
}

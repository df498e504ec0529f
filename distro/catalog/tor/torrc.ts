/** The configuration of Tor, from what the owner wants. Pure. */
import type { InsidePlace } from '@hearth/sdk';

export interface Place {
  /** `....onion`. */
  readonly hostname: string;
  /** As people see it. */
  readonly port: number;
  /** Where the service is now; null while it is not there. */
  readonly at: InsidePlace | null;
}

export interface Wanted {
  /** Where the volume is. */
  readonly home: string;
  readonly socksPort: number;
  readonly controlPort: number;
  readonly places: readonly Place[];
  /** The owner's own lines. */
  readonly extra: string;
}

/** The owner's lines come before those of addresses: `HiddenServiceDir` begins a part of its own. */
export function torrc({ home, socksPort, controlPort, places, extra }: Wanted): string {
  return [
    `DataDirectory ${home}/tor`,
    'Log notice stdout',
    'AvoidDiskWrites 1',
    // The server lets in those services alone that depend on this one.
    `SocksPort 0.0.0.0:${socksPort}`,
    `ControlPort 127.0.0.1:${controlPort}`,
    'CookieAuthentication 1',
    'ExitRelay 0',
    ...(extra.trim() === '' ? [] : [extra.trim()]),
    ...places.flatMap(({ hostname, port, at }) =>
      // Without a target Tor would refuse the whole file.
      at === null
        ? []
        : [`HiddenServiceDir ${home}/onions/${hostname}`, `HiddenServicePort ${port} ${at.hostname}:${at.port}`],
    ),
    '',
  ].join('\n');
}

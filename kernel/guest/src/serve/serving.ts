/** The serving half of the guest, with its script's thread at its side. */
import type { GuestConfig } from './config.ts';
import { Guest } from './guest.ts';
import type { ScriptThread } from './script-thread.ts';

export function serve(config: GuestConfig, thread: ScriptThread): void {
  const guest = new Guest(config, thread, (code) => process.exit(code));

  // The script's life is in the host's hands: `stop` and `exit`. A terminated container still ends its programs in order.
  let ending = false;
  process.on('SIGTERM', () => {
    if (ending) return;
    ending = true;
    void guest.close().then(() => process.exit(0));
  });
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
}

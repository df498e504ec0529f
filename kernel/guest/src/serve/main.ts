/** Entry of `guest.mjs`, the process that serves: started by the container's init, ended by `exit` or with the container. */
import { Guest } from './guest.ts';
import { readConfig } from './config.ts';

const guest = new Guest(readConfig(import.meta.dirname), (code) => process.exit(code));

// The script's life is in the host's hands: `stop` and `exit`. A terminated container still ends its programs in order.
let ending = false;
process.on('SIGTERM', () => {
  if (ending) return;
  ending = true;
  void guest.close().then(() => process.exit(0));
});
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);

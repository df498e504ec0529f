/** Tells systemd that we are up, and again and again that we still are. Does nothing where systemd did not start us. */
import { attempt } from './run.ts';

/** Node has no datagram sockets of the unix kind: systemd's own tool speaks for us (NotifyAccess=all). */
const say = (...words: string[]) =>
  attempt('systemd-notify', [`--pid=${process.pid}`, ...words]).catch(() => undefined);

export async function announceReady(): Promise<void> {
  if (process.env['NOTIFY_SOCKET'] === undefined) return;
  await say('--ready', '--status=Serving');
  const patience = Number(process.env['WATCHDOG_USEC'] ?? 0) / 1000;
  // An event loop that hangs does not get here, and systemd starts us again.
  if (patience > 0) setInterval(() => void say('WATCHDOG=1'), patience / 3).unref();
}

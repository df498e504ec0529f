/** What a guest that comes back tells, and what it is told in turn. */
import type { GuestHello, Log } from '@hearth/contract';
import { checkResult, guestProtocol } from '@hearth/contract';
import type { Context } from './context.ts';
import type { GuestLink } from './link/guest-link.ts';

export type EffectAnswer = { result: unknown } | { error: object };

/** An older guest under a newer kernel is normal; it is replaced at the service's next stop. */
export function checkHello(log: Log, hello: GuestHello): void {
  if (hello.protocol !== guestProtocol)
    log.warn({ instance: hello.instance, protocol: hello.protocol }, 'A guest speaks another protocol version');
}

/**
 * Brings the new connection to where the old one was: health as the guest knows it, and each callback fired once, for
 * what it waits for may have changed while nobody watched. A script that is called reads again and compares.
 */
export function resend(
  context: Pick<Context, 'health' | 'log' | 'callbacks'>,
  service: string,
  link: GuestLink,
  hello: GuestHello,
): void {
  for (const [check, report] of Object.entries(hello.health)) {
    const result = checkResult.safeParse(report.result);
    if (!result.success) continue;
    context.health
      .set(service, check, { ...report, name: report.name.slice(0, 200), result: result.data })
      .catch((error: unknown) => context.log.warn({ err: error, service }, 'Health was not kept'));
  }
  context.callbacks.drop(service);
  for (const { id } of hello.callbacks) link.tell('callback', { id, args: [] });
}

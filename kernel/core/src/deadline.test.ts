import { describe, expect, test } from '@jest/globals';
import { within } from './deadline.ts';

describe('within()', () => {
  test('answers what the work answers', async () => {
    expect(await within(1000, 'a sum', () => 3)).toBe(3);
  });

  test('throws when time is up and aborts the work', async () => {
    let seen: AbortSignal | undefined;
    const late = within(5, 'the moon', (signal) => {
      seen = signal;
      return new Promise<never>(() => undefined);
    });
    await expect(late).rejects.toMatchObject({ code: 'kernel.deadline', data: { what: 'the moon', ms: 5 } });
    expect(seen?.aborted).toBe(true);
  });

  test('passes the reason of the outer signal on and does not begin the work', async () => {
    const reason = new Error('gone');
    let begun = false;
    const work = within(1000, 'x', () => void (begun = true), { signal: AbortSignal.abort(reason) });
    await expect(work).rejects.toBe(reason);
    expect(begun).toBe(false);
  });

  test('drops a failure that comes too late', async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    await expect(within(1, 'x', () => promise)).rejects.toMatchObject({ code: 'kernel.deadline' });
    reject(new Error('late'));
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

/** Work that is done again when what it relied on changes, in a context of its own: it, and nothing else. */
import type { Host } from '../node/host.ts';
import type { Effects } from './effects.ts';

/** One run after the other. @throws what the first run throws; later ones say it in the log */
export function rerun(
  effects: Effects,
  host: Host,
  name: string,
  work: (effects: Effects) => Promise<void>,
): Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  const run = (): Promise<void> => {
    const mine = before.then(async () => {
      const own = effects.child?.(name) ?? effects;
      let asked = false;
      own.constRetry = () => {
        if (asked) return;
        asked = true;
        run().catch((error: unknown) => host.log(`${name} failed: ${String(error)}`));
      };
      await work(own);
    });
    before = mine.catch(() => undefined);
    return mine;
  };
  return run();
}

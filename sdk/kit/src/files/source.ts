/** The text of a file that may change, vanish, or come to be, with whatever folders lead to it. */
import type { Host } from '../node/host.ts';
import type { Effects } from '../script/effects.ts';
import type { Source } from '../script/reactive.ts';

/** Programs write in several steps: what they did is read when they have been quiet for this long. */
const settleMs = 50;

export function fileSource(effects: Effects, host: Host, path: string): Source<string | null> {
  return async (changed) => {
    if (changed !== null) await follow(effects, host, path, changed);
    return host.files.read(path);
  };
}

/** Resolves when the watch is set, so that what is read afterwards is either seen or told. */
async function follow(effects: Effects, host: Host, path: string, changed: () => void): Promise<void> {
  const stop = new AbortController();
  effects.onLeaveContext?.(() => stop.abort());
  const { folder, name } = await nearest(host, path);
  const changes: AsyncIterator<string | null> = host.files.watch(folder, stop.signal)[Symbol.asyncIterator]();
  let next = changes.next();
  void (async () => {
    try {
      for (;;) {
        const change = await next;
        if (change.done === true) return;
        if (change.value === null || change.value === name) break;
        next = changes.next();
      }
      await host.sleep(settleMs, stop.signal);
    } catch (error) {
      // Watches end by being stopped; anything else is a change of a kind.
      if (stop.signal.aborted) return;
      host.log(`Watching ${path} ended: ${error instanceof Error ? error.message : String(error)}`);
      await host.sleep(1000, stop.signal);
    }
    if (stop.signal.aborted) return;
    stop.abort();
    changed();
  })();
}

/** The deepest folder on the way that is there, and what is to appear or change in it. */
async function nearest(host: Host, path: string): Promise<{ readonly folder: string; readonly name: string }> {
  const parts = path.split('/');
  for (let length = parts.length - 1; length > 1; length--) {
    const folder = parts.slice(0, length).join('/');
    if (await host.files.exists(folder)) return { folder, name: parts[length] ?? '' };
  }
  return { folder: '/', name: parts[1] ?? '' };
}

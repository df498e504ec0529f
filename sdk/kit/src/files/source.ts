/** The text of a file that may change, vanish, or come to be, with whatever folders lead to it. */
import type { Host } from '../node/host.ts';
import type { Follower, Source } from '../script/reactive.ts';

/** Programs write in several steps: what they did is read when they have been quiet for this long. */
const settleMs = 50;

export function fileSource(host: Host, path: string): Source<string | null> {
  return async (follower) => {
    if (follower !== null) await follow(host, path, follower);
    return host.files.read(path);
  };
}

/** Resolves when the watch is set, so that what is read afterwards is either seen or told. */
async function follow(host: Host, path: string, { changed, signal }: Follower): Promise<void> {
  if (signal.aborted) return;
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort());
  const { folder, name } = await nearest(host, path);
  const changes: AsyncIterator<string | null> = host.files.watch(folder, stop.signal)[Symbol.asyncIterator]();
  const first = changes.next();
  void awaitChange(changes, first, name)
    .catch(async (error: unknown) => {
      // Watches end by being stopped; any other end is told as a change, though not at once.
      if (!stop.signal.aborted)
        host.log(`Watching ${path} ended: ${error instanceof Error ? error.message : String(error)}`);
      await host.sleep(1000, stop.signal);
    })
    .then(() => host.sleep(settleMs, stop.signal))
    .then(() => {
      if (!stop.signal.aborted) changed();
      stop.abort();
    });
}

/** Until something happens to `name`, or to nobody knows what. */
async function awaitChange(
  changes: AsyncIterator<string | null>,
  first: Promise<IteratorResult<string | null>>,
  name: string,
): Promise<void> {
  try {
    for (let change = await first; change.done !== true; change = await changes.next())
      if (change.value === null || change.value === name) return;
  } finally {
    await changes.return?.();
  }
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

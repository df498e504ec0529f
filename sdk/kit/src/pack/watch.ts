/** Tells when something of a recipe changed. */
import { watch } from 'node:fs/promises';

/** Editors write in several steps, and people save several files at once. */
const quietMs = 120;
const ignored = /(^|\/)(node_modules|\.git|out)(\/|$)|(^|\/)\.|~$|\.(swp|tmp|s9pk)$/;

/** Yields after each burst of changes beneath `folder`, with the names that changed; until `signal`. */
export async function* watchRecipe(folder: string, signal: AbortSignal): AsyncGenerator<readonly string[], void, void> {
  const changed = new Set<string>();
  let wake: () => void = () => undefined;
  let failure: unknown = null;
  const listening = (async () => {
    for await (const { filename } of watch(folder, { recursive: true, signal })) {
      if (filename === null || ignored.test(filename)) continue;
      changed.add(filename);
      wake();
    }
  })().catch((error: unknown) => {
    failure = error;
    wake();
  });
  while (!signal.aborted && failure === null) {
    if (changed.size === 0) await new Promise<void>((resolve) => (wake = resolve));
    for (let known = 0; known !== changed.size; ) {
      known = changed.size;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
    const names = [...changed].sort();
    changed.clear();
    if (names.length > 0 && !stopped()) yield names;
  }
  await listening;
  if (!stopped()) throw failure;

  function stopped(): boolean {
    return signal.aborted;
  }
}

/**
 * A collection that V8 keeps for when it has no memory left: both halves of the young generation shrink to one page, and
 * no page is kept for later. An ordinary one gives back nothing. There only with `--expose-gc`.
 */
export function giveBack(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

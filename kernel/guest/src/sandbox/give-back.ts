import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: NodeJS.GCFunction | null = null;

/**
 * A collection that V8 keeps for when it has no memory left: both halves of the young generation shrink to one page, and
 * no page is kept for later. An ordinary one gives back nothing. Asked for here: with `--expose-gc` from the beginning
 * Node takes far longer to come up.
 */
export function giveBack(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as NodeJS.GCFunction;
  }
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

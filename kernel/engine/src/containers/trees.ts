/** Binds the trees of a view by one process: each by itself costs as much as all of them. */
import { closeSync, constants, openSync } from 'node:fs';
import { bindAll, type Tree } from '../attach/bind.ts';
import type { MapLine } from '../attach/idmap.ts';
import { mountAt, mountsOf } from '../system/mountinfo.ts';

const O_PATH = 0o10000000;

export interface ViewTree extends Pick<Tree, 'readonly' | 'noexec' | 'mapped' | 'shared'> {
  /** Opens what is shown. */
  readonly open: () => number;
  /** Where: a path made by the engine alone. */
  readonly target: string;
}

/** Leaves what is bound there already. Throws `engine.mountFailed`. */
export async function bindTrees(wanted: readonly ViewTree[], map: readonly MapLine[]): Promise<void> {
  const mounts = mountsOf();
  using descriptors = new DisposableStack();
  const opened = (open: () => number): number => descriptors.adopt(open(), (descriptor) => closeSync(descriptor));
  const trees = wanted
    .filter(({ target }) => mountAt(target, mounts) === undefined)
    .map(({ open, target, ...options }) => ({
      ...options,
      source: opened(open),
      target: opened(() => openSync(target, O_PATH | constants.O_NOFOLLOW)),
      name: target,
    }));
  await bindAll(trees, map);
}

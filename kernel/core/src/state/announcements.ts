/** Revisions and those who follow them: in order for everyone, also when a listener commits in turn. */
import type { Log, Operation } from '@hearth/contract';

/** One commit, as those who follow the document see it. No operations where a private slice changed. */
export interface Patch {
  readonly rev: number;
  readonly ops: readonly Operation[];
}

export class Announcements {
  readonly #log: Log;
  readonly #followers = new Set<(patch: Patch) => void>();
  readonly #waiting: { readonly patch: Patch; readonly told: (rev: number) => void }[] = [];
  #rev: number;
  #telling = false;

  constructor(rev: number, log: Log) {
    this.#rev = rev;
    this.#log = log;
  }

  get rev(): number {
    return this.#rev;
  }

  follow(listener: (patch: Patch) => void): () => void {
    this.#followers.add(listener);
    return () => void this.#followers.delete(listener);
  }

  /** Draws the next revision and tells it to the followers, then `told`. */
  make(ops: readonly Operation[], told: (rev: number) => void): number {
    const rev = ++this.#rev;
    this.#waiting.push({ patch: { rev, ops }, told });
    if (this.#telling) return rev;
    this.#telling = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#tell(next);
    } finally {
      this.#telling = false;
    }
    return rev;
  }

  #tell({ patch, told }: { readonly patch: Patch; readonly told: (rev: number) => void }): void {
    for (const follower of [...this.#followers]) {
      try {
        follower(patch);
      } catch (error) {
        this.#log.error({ err: error }, 'a follower of the state failed');
      }
    }
    told(patch.rev);
  }
}

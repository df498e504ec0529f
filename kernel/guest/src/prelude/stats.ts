/** Stat results and folder entries as Node's classes show them. */
import type { FileKind, StatShape } from '../sandbox/ops/stat.ts';

class Kind {
  readonly #kind: FileKind;

  constructor(kind: FileKind) {
    this.#kind = kind;
  }

  isFile(): boolean {
    return this.#kind === 'file';
  }

  isDirectory(): boolean {
    return this.#kind === 'directory';
  }

  isSymbolicLink(): boolean {
    return this.#kind === 'link';
  }

  isFIFO(): boolean {
    return this.#kind === 'fifo';
  }

  isSocket(): boolean {
    return this.#kind === 'socket';
  }

  isBlockDevice(): boolean {
    return this.#kind === 'block';
  }

  isCharacterDevice(): boolean {
    return this.#kind === 'character';
  }
}

export class Stats extends Kind {
  constructor(shape: StatShape) {
    super(shape.kind);
    Object.assign(this, shape.numbers);
    for (const name of ['atime', 'mtime', 'ctime', 'birthtime'])
      Object.assign(this, { [name]: new Date(shape.numbers[`${name}Ms`] ?? 0) });
  }
}

export interface EntryShape {
  readonly name: string;
  /** Relative to the folder that was read. */
  readonly within: string;
  readonly parent: string;
  readonly kind: FileKind;
}

export class Dirent extends Kind {
  readonly name: string;
  readonly parentPath: string;
  readonly path: string;

  constructor(shape: EntryShape) {
    super(shape.kind);
    this.name = shape.name;
    this.parentPath = shape.parent;
    this.path = shape.parent;
  }
}

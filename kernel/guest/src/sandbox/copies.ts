/**
 * The copies a backup hook asks for, from a volume into the backup folder.
 *
 * A snapshot of the volume, taken when the hooks are done, is better than a copy: so a copy is only noted. It is made
 * after all before anything changes what was to be copied (a hook that takes its dump out of the volume again, a program
 * started afterwards), and where its destination is not its own: what is in the backup is always what rsync would have
 * put there at that moment.
 */
import type { Layout, Paths } from '../files/paths.ts';
import { backupPair, type BackupPair, copyNow, isEmptyInBackup, readRsync, type RsyncForm } from '../programs/rsync.ts';

interface Noted {
  readonly form: RsyncForm;
  readonly pair: BackupPair;
}

/** Calls on files that change nothing. */
const reading = new Set(
  ['readFile', 'stat', 'lstat', 'access', 'readdir', 'readlink', 'realpath', 'read', 'close', 'fstat', 'fsync'].map(
    (name) => `fs.${name}`,
  ),
);

export class BackupCopies {
  readonly #paths: Paths;
  readonly #layout: Layout;
  readonly #copy: typeof copyNow;
  #noted: Noted[] = [];

  /** @param copy makes one, and waits for it */
  constructor(paths: Paths, layout: Layout, copy: typeof copyNow = copyNow) {
    this.#paths = paths;
    this.#layout = layout;
    this.#copy = copy;
  }

  /** Whether this rsync is noted, and with that done; any other has to be run. */
  note(args: readonly string[]): boolean {
    const form = readRsync(args);
    const pair = form === null ? null : backupPair(form, this.#paths);
    // The root of the backup is everybody's; and what is there already must be brought up to date.
    if (form === null || pair === null || pair.destination === '') return false;
    if (!isEmptyInBackup(pair.destination, this.#layout)) return false;
    this.#noted.push({ form, pair });
    return true;
  }

  /** Before a call on files. */
  beforeCall(op: string, args: readonly unknown[]): void {
    if (this.#noted.length === 0 || !op.startsWith('fs.') || reading.has(op)) return;
    const byDescriptor = typeof args[0] === 'number';
    this.#make(({ pair: { volume } }) => byDescriptor || args.some((arg) => this.#lies(arg, volume)));
  }

  /** Before a program is started: it may change any volume. */
  beforeProgram(): void {
    this.#make(() => true);
  }

  /** The hooks are done. A folder that something else was put into as well is copied beside it. */
  take(): { readonly pairs: readonly BackupPair[] } {
    for (const noted of this.#noted.filter(({ pair }) => !isEmptyInBackup(pair.destination, this.#layout))) {
      const options = noted.form.options.filter((option) => !option.startsWith('--del'));
      this.#copy({ ...noted.form, options }, this.#paths, ['--ignore-existing']);
      this.#noted = this.#noted.filter((other) => other !== noted);
    }
    return { pairs: this.#noted.map(({ pair }) => pair) };
  }

  #lies(arg: unknown, volume: string): boolean {
    return typeof arg === 'string' && arg.startsWith('/') && this.#paths.volumeOf(arg)?.volume === volume;
  }

  #make(which: (noted: Noted) => boolean): void {
    for (const noted of this.#noted.filter(which)) {
      this.#copy(noted.form, this.#paths);
      this.#noted = this.#noted.filter((other) => other !== noted);
    }
  }
}

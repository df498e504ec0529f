/** What the node keeps: its seed, its channels, what it knows of the network. */
import {
  ChannelMonitorUpdateStatus,
  IOError,
  KVStore,
  Persist,
  Result_CVec_StrZIOErrorZ,
  Result_CVec_u8ZIOErrorZ,
  Result_NoneIOErrorZ,
  type ChannelMonitor,
  type OutPoint,
} from 'lightningdevkit';
import { hex, shownHash } from './bytes.ts';
import { join, namesIn, readIfThere, removeFile, writeDurably } from './files.ts';

export class Store {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Made at the first start. Whoever has it has the money. */
  seed(): Uint8Array {
    const kept = this.read('seed');
    if (kept !== null) return kept;
    const made = crypto.getRandomValues(new Uint8Array(32));
    this.write('seed', made);
    return made;
  }

  read(name: string): Uint8Array | null {
    return readIfThere(join(this.folder, name));
  }

  write(name: string, content: Uint8Array): void {
    writeDurably(join(this.folder, name), content);
  }

  monitors(): Uint8Array[] {
    const folder = join(this.folder, 'monitors');
    return namesIn(folder).flatMap((name) => readIfThere(join(folder, name)) ?? []);
  }

  /** Each change of a channel is on the disk before the other side hears of it. */
  persister(): Persist {
    const keep = (outpoint: OutPoint, monitor: ChannelMonitor) => {
      try {
        this.write(join('monitors', nameOf(outpoint)), monitor.write());
        return ChannelMonitorUpdateStatus.LDKChannelMonitorUpdateStatus_Completed;
      } catch (error) {
        console.error('The state of a channel cannot be written:', error);
        return ChannelMonitorUpdateStatus.LDKChannelMonitorUpdateStatus_UnrecoverableError;
      }
    };
    return Persist.new_impl({
      persist_new_channel: keep,
      update_persisted_channel: (outpoint, _update, monitor) => keep(outpoint, monitor),
      archive_persisted_channel: (outpoint) => {
        const name = nameOf(outpoint);
        const content = this.read(join('monitors', name));
        if (content !== null) this.write(join('archive', name), content);
        removeFile(join(this.folder, 'monitors', name));
      },
    });
  }

  /** For the parts of the library that keep their state by themselves. */
  keyValues(): KVStore {
    const place = (...parts: readonly string[]) => join('kept', ...parts.map((part) => hex(Buffer.from(part)) || '_'));
    const attempt = <T>(work: () => T, ok: (value: T) => any, fail: (error: IOError) => any) => {
      try {
        return ok(work());
      } catch (error) {
        console.error('What the node keeps cannot be reached:', error);
        return fail(IOError.LDKIOError_Other);
      }
    };
    return KVStore.new_impl({
      read: (first, second, key) => {
        const content = this.read(place(first, second, key));
        return content === null
          ? Result_CVec_u8ZIOErrorZ.constructor_err(IOError.LDKIOError_NotFound)
          : Result_CVec_u8ZIOErrorZ.constructor_ok(content);
      },
      write: (first, second, key, content) =>
        attempt(
          () => this.write(place(first, second, key), content),
          () => Result_NoneIOErrorZ.constructor_ok(),
          (error) => Result_NoneIOErrorZ.constructor_err(error),
        ),
      remove: (first, second, key) =>
        attempt(
          () => removeFile(join(this.folder, place(first, second, key))),
          () => Result_NoneIOErrorZ.constructor_ok(),
          (error) => Result_NoneIOErrorZ.constructor_err(error),
        ),
      list: (first, second) =>
        attempt(
          () => namesIn(join(this.folder, place(first, second))).map((name) => Buffer.from(name, 'hex').toString()),
          (names) => Result_CVec_StrZIOErrorZ.constructor_ok(names),
          (error) => Result_CVec_StrZIOErrorZ.constructor_err(error),
        ),
    });
  }
}

function nameOf(outpoint: OutPoint): string {
  return `${shownHash(outpoint.get_txid())}-${outpoint.get_index()}`;
}

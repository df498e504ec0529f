/** Descriptors a script holds: numbers of ours, each for one open file. */
import * as fs from 'node:fs';
import { FileError } from '../../files/error.ts';
import type { OngoingTable, OpTable } from '../op.ts';
import { count, flagsOf, modeOf, text } from './arguments.ts';
import { shapeOfStat } from './stat.ts';
import { shapeOfError } from '../../files/error.ts';

const mostOpen = 1024;
const pieceLimit = 16 * 1024 * 1024;
const open = new Map<number, number>();
let next = 3;

function descriptorOf(number: unknown): number {
  const descriptor = open.get(count(number));
  if (descriptor === undefined) throw new FileError('EBADF', String(number));
  return descriptor;
}

export const fileOps: OpTable = {
  'fs.open': (context, [path, flag, mode]) => {
    const flags = flagsOf(flag);
    if (open.size >= mostOpen) throw new FileError('EMFILE', text(path));
    const place = context.paths.place(text(path), { follow: true, change: flags !== fs.constants.O_RDONLY });
    try {
      const safe = flags | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;
      const number = next++;
      open.set(number, fs.openSync(place.path, safe, modeOf(mode, 0o666)));
      return number;
    } finally {
      place.close();
    }
  },
  'fs.close': (_context, [number]) => {
    fs.closeSync(descriptorOf(number));
    open.delete(count(number));
  },
  'fs.read': (_context, [number, length, position]) => {
    const piece = Buffer.alloc(Math.min(count(length), pieceLimit));
    const read = fs.readSync(descriptorOf(number), piece, 0, piece.length, position === null ? null : count(position));
    return piece.subarray(0, read);
  },
  'fs.write': (_context, [number, position], bytes) => {
    const piece = bytes ?? new Uint8Array(0);
    let done = 0;
    while (done < piece.length) {
      const at = position === null ? null : count(position) + done;
      done += fs.writeSync(descriptorOf(number), piece, done, piece.length - done, at);
    }
  },
  'fs.fstat': (_context, [number]) => shapeOfStat(fs.fstatSync(descriptorOf(number))),
  'fs.fchmod': (_context, [number, mode]) => fs.fchmodSync(descriptorOf(number), modeOf(mode, 0)),
  'fs.fchown': (_context, [number, uid, gid]) => fs.fchownSync(descriptorOf(number), count(uid), count(gid)),
  'fs.futimes': (_context, [number, accessed, modified]) =>
    fs.futimesSync(descriptorOf(number), count(accessed), count(modified)),
  'fs.fsync': (_context, [number]) => fs.fsyncSync(descriptorOf(number)),
  'fs.ftruncate': (_context, [number, length]) => fs.ftruncateSync(descriptorOf(number), count(length)),
};

export const watchOps: OngoingTable = {
  'fs.watch': (context, [path, recursive], _bytes, listener) => {
    const place = context.paths.place(text(path), { follow: true, change: false });
    try {
      // Through the open folder: the watch holds what was resolved, whatever is renamed later.
      const watcher = fs.watch(fs.realpathSync(place.path), { recursive: recursive === true });
      watcher.on('change', (eventType, filename) => listener.tell('change', { eventType, filename: String(filename) }));
      watcher.on('error', (error) => listener.last('failed', shapeOfError(error, text(path))));
      return { close: () => watcher.close() };
    } finally {
      place.close();
    }
  },
};

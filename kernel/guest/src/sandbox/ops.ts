/** Everything a script can ask of its host, by where it is answered. */
import type { OngoingTable, OpTable } from './op.ts';
import { cryptoOps, slowCryptoOps } from './ops/crypto.ts';
import { keyOps } from './ops/keys.ts';
import { digestOps } from './ops/digests.ts';
import { fetchOps } from './ops/fetch.ts';
import { fileOps, watchOps } from './ops/files.ts';
import { fsOps } from './ops/fs.ts';
import { httpOps } from './ops/http.ts';
import { netOps } from './ops/net.ts';
import { subtleOps } from './ops/subtle.ts';
import { nameOps, systemOps } from './ops/system.ts';
import { textOps } from './ops/text.ts';
import { timerOps } from './ops/timer.ts';
import { zlibOps } from './ops/zlib.ts';
import { zlibStreamOps } from './ops/zlib-stream.ts';

/** Answered at once, in the worker. Without prototypes: a name is looked up, never inherited. */
export const callOps: OpTable = table(fsOps, fileOps, cryptoOps, digestOps, keyOps, textOps, systemOps, zlibOps);
/** Going on in the worker. */
export const ongoingOps: OngoingTable = table(
  timerOps,
  watchOps,
  nameOps,
  netOps,
  httpOps,
  fetchOps,
  slowCryptoOps,
  subtleOps,
  zlibStreamOps,
);
/** Going on in the serving process: they outlive the worker's stumbles. */
export const outsideOps: ReadonlySet<string> = new Set(['effect', 'spawn']);

function table<T>(...tables: Readonly<Record<string, T>>[]): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null) as Record<string, T>, ...tables) as Record<string, T>;
}

/**
 * Records of LevelDB's log format: blocks of 32 KiB; in each, fragments of checksum (CRC-32C, masked), length (2 bytes),
 * kind (whole, first, middle, last), bytes. What is left of a block and too small for a header is empty. Pure.
 */
export type Fragment = Uint8Array;

export interface Records {
  readonly whole: readonly Fragment[];
  /**
   * Where something unreadable stands that another record follows; null if what is unreadable, if anything, is the end:
   * a single write goes on at a time, so a power cut spoils the last record alone.
   */
  readonly damagedAt: number | null;
}

const blockSize = 32_768;
const headerSize = 7;
const kinds = { whole: 1, first: 2, middle: 3, last: 4 } as const;

interface Piece {
  readonly at: number;
  /** 0: it cannot be read. */
  readonly kind: number;
  readonly bytes: Fragment;
}

export function readRecords(file: Uint8Array): Records {
  const whole: Fragment[] = [];
  let pieces: Fragment[] = [];
  let oddAt: number | null = null;
  for (const { at, kind, bytes } of piecesOf(file)) {
    const begins = kind === kinds.whole || kind === kinds.first;
    if (begins && oddAt !== null) return { whole, damagedAt: oddAt };
    if (begins) pieces = [];
    else if (kind === 0 || pieces.length === 0) oddAt ??= at;
    if (oddAt !== null) continue;
    pieces.push(bytes);
    if (kind === kinds.whole || kind === kinds.last) whole.push(join(pieces.splice(0)));
  }
  return { whole, damagedAt: null };
}

function* piecesOf(file: Uint8Array): Generator<Piece> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  while (at + headerSize <= file.length) {
    const left = blockSize - (at % blockSize);
    const length = view.getUint16(at + 4, true);
    const end = at + headerSize + length;
    const fits = headerSize + length <= left && end <= file.length;
    if (left < headerSize) {
      at += left;
    } else if (fits && checksum(file, at + 6, end) === view.getUint32(at, true)) {
      yield { at, kind: view.getUint8(at + 6), bytes: file.subarray(at + headerSize, end) };
      at = end;
    } else {
      yield { at, kind: 0, bytes: file.subarray(at, at) };
      // A length that cannot be is no way to the next record: the next block is.
      at = fits && length > 0 ? end : at + left;
    }
  }
}

function join(pieces: readonly Fragment[]): Fragment {
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C of `bytes[from..to]`, masked as LevelDB stores it. */
function checksum(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffffffff;
  for (let at = from; at < to; at++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

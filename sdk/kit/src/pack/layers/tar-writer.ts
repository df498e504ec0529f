/** Writes merged entries as a tar that tar2sqfs reads: the same entries give the same bytes. */
import { read } from 'node:fs';
import { promisify } from 'node:util';
import type { MergedEntry } from './merge.ts';
import { block, type TarEntry } from './tar-reader.ts';

const readAt = promisify(read);
const pieceBytes = 1 << 20;

const types = { file: '0', symlink: '2', folder: '5' } as const;

export async function* writeTar(entries: readonly MergedEntry[]): AsyncGenerator<Buffer, void, void> {
  for (const { entry, descriptor } of entries) {
    // The root's own entry is made anew by whoever reads this.
    if (entry.path === '') continue;
    yield headerOf(entry);
    yield* contentOf(entry, descriptor);
  }
  yield Buffer.alloc(2 * block);
}

async function* contentOf({ size, offset }: TarEntry, descriptor: number): AsyncGenerator<Buffer, void, void> {
  for (let done = 0; done < size; ) {
    const piece = Buffer.alloc(Math.min(pieceBytes, size - done));
    const { bytesRead } = await readAt(descriptor, piece, 0, piece.length, offset + done);
    if (bytesRead === 0) throw new Error('A layer ended before its content did');
    yield piece.subarray(0, bytesRead);
    done += bytesRead;
  }
  const rest = size % block;
  if (rest !== 0) yield Buffer.alloc(block - rest);
}

/** All that matters stands in an extended header, which has no limits; the plain one repeats what fits. */
function headerOf(entry: TarEntry): Buffer {
  const { path, kind, link, uid, gid, mtime, size, capability } = entry;
  const records = [
    record('path', Buffer.from(path)),
    record('uid', Buffer.from(String(uid))),
    record('gid', Buffer.from(String(gid))),
    record('size', Buffer.from(String(size))),
    record('mtime', Buffer.from(String(mtime))),
    ...(kind === 'symlink' ? [record('linkpath', Buffer.from(link))] : []),
    ...(capability === null ? [] : [record('SCHILY.xattr.security.capability', capability)]),
  ];
  const extended = Buffer.concat(records);
  const padding = Buffer.alloc((block - (extended.length % block)) % block);
  const plain = { ...entry, path: path.slice(0, 50), link: '', uid: uid & 0o777777, gid: gid & 0o777777 };
  return Buffer.concat([
    ustar({ ...plain, path: 'extended', size: extended.length, mode: 0o644 }, 'x'),
    extended,
    padding,
    ustar(plain, types[kind as keyof typeof types]),
  ]);
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function record(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function ustar(entry: TarEntry, type: string): Buffer {
  const header = Buffer.alloc(block);
  const octal = (value: number, offset: number, length: number) =>
    header.write(
      `${value
        .toString(8)
        .padStart(length - 1, '0')
        .slice(-(length - 1))}\0`,
      offset,
      'latin1',
    );
  header.write(Buffer.from(entry.path).subarray(0, 99).toString('latin1'), 0, 'latin1');
  octal(entry.mode, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(entry.size, 124, 12);
  octal(entry.mtime, 136, 12);
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

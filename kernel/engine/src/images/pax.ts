/** Records of a POSIX extended header: `<length> <key>=<value>\n`. */

const kept = 'SCHILY.xattr.security.capability';
/** These would change what the entry is; the tool whose output we read never uses them. */
const meaningful = new Set(['path', 'linkpath', 'size', 'uid', 'gid']);

/** The record of a file capability alone; undefined where there is none. */
export function capabilityRecord(content: Buffer): Buffer | undefined | 'unfit' {
  let found: Buffer | undefined;
  for (let start = 0; start < content.length; ) {
    const space = content.indexOf(0x20, start);
    const length = Number(content.toString('latin1', start, space));
    const end = start + length;
    if (space < 0 || !Number.isInteger(length) || length < 5 || end > content.length) return 'unfit';
    const equals = content.indexOf(0x3d, space);
    if (equals < 0 || equals >= end || content[end - 1] !== 0x0a) return 'unfit';
    const key = content.toString('latin1', space + 1, equals);
    if (meaningful.has(key) || key.startsWith('GNU.sparse')) return 'unfit';
    if (key === kept) found = content.subarray(start, end);
    start = end;
  }
  return found;
}

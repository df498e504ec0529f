/** Fields of a tar header block (POSIX ustar with GNU's binary numbers). */

const fields = { uid: [108, 8], gid: [116, 8], size: [124, 12] } as const;
const checksum = [148, 8] as const;
export type NumberField = keyof typeof fields;

export function headerOf(header: Buffer): { readonly type: string; readonly size: number } {
  const type = String.fromCharCode(header[156] ?? 0);
  return { type: type === '\0' ? '0' : type, size: fieldNumber(header, 'size') };
}

/** Octal digits, or base 256 where the first bit is set. Infinity when it is neither, so that bounds refuse it. */
export function fieldNumber(header: Buffer, name: NumberField): number {
  const [start, length] = fields[name];
  const field = header.subarray(start, start + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = (field[0] ?? 0) & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
  }
  const digits = field.toString('latin1').replaceAll(/[\0 ]/g, '');
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.POSITIVE_INFINITY;
}

export function setNumber(header: Buffer, name: NumberField, value: number): void {
  const [start, length] = fields[name];
  const digits = value.toString(8);
  if (digits.length < length) {
    header.write(`${digits.padStart(length - 1, '0')}\0`, start, 'latin1');
    return;
  }
  header.fill(0, start, start + length);
  header.writeUIntBE(value, start + length - 6, 6);
  header[start] = 0x80;
}

export function setChecksum(header: Buffer): void {
  const [start, length] = checksum;
  header.fill(0x20, start, start + length);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, start, 'latin1');
}

/** `Blob`, `File`, `FormData`: bytes held whole, forms as `multipart/form-data` and back. */
import { Buffer } from 'buffer';
import { PieceStream } from './piece-stream.ts';

export type BlobPart = string | ArrayBuffer | ArrayBufferView | Blob;

function bytesOfPart(part: unknown): Uint8Array {
  if (part instanceof Blob) return part.held();
  if (part instanceof ArrayBuffer) return new Uint8Array(part);
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength);
  return Buffer.from(String(part));
}

/** A type of anything but printable ASCII is no type. */
const typeOf = (type = ''): string => (/[^\x20-\x7e]/.test(type) ? '' : type.toLowerCase());

/* eslint-disable @typescript-eslint/require-await -- as the standard has it */
export class Blob {
  readonly type: string;
  readonly #bytes: Uint8Array;

  constructor(parts: Iterable<BlobPart> = [], options: { type?: string } = {}) {
    if (typeof parts !== 'object' || !(Symbol.iterator in parts))
      throw Object.assign(new TypeError('The "sources" argument must be an iterable object'), {
        code: 'ERR_INVALID_ARG_TYPE',
      });
    this.#bytes = Uint8Array.from(Buffer.concat([...parts].map(bytesOfPart)));
    this.type = typeOf(options.type);
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** What it holds, not copied: for this world's own use. */
  held(): Uint8Array {
    return this.#bytes;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return Uint8Array.from(this.#bytes).buffer;
  }

  async bytes(): Promise<Uint8Array> {
    return Uint8Array.from(this.#bytes);
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(this.#bytes);
  }

  stream(): PieceStream {
    return PieceStream.of(Uint8Array.from(this.#bytes));
  }

  slice(from = 0, to = this.size, type = ''): Blob {
    return new Blob([this.#bytes.slice(from, to)], { type });
  }

  get [Symbol.toStringTag](): string {
    return 'Blob';
  }
}

export class File extends Blob {
  readonly name: string;
  readonly lastModified: number;

  constructor(parts: Iterable<BlobPart>, name: string, options: { type?: string; lastModified?: number } = {}) {
    super(parts, options);
    this.name = name;
    this.lastModified = options.lastModified ?? Date.now();
  }

  override get [Symbol.toStringTag](): string {
    return 'File';
  }
}
/* eslint-enable @typescript-eslint/require-await */

type Value = string | File;
type Row = [name: string, value: Value];

/** Quotes and line ends in names, as browsers escape them. */
const escaped = (name: string): string => name.replaceAll(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22');

export class FormData {
  #rows: Row[] = [];

  append(name: string, value: unknown, filename?: string): void {
    this.#rows.push([name, valueOf(value, filename)]);
  }

  set(name: string, value: unknown, filename?: string): void {
    const row: Row = [name, valueOf(value, filename)];
    const at = this.#rows.findIndex(([other]) => other === row[0]);
    if (at < 0) this.#rows.push(row);
    else
      this.#rows = [...this.#rows.slice(0, at), row, ...this.#rows.slice(at + 1).filter(([other]) => other !== row[0])];
  }

  get(name: string): Value | null {
    return this.#rows.find(([other]) => other === name)?.[1] ?? null;
  }

  getAll(name: string): Value[] {
    return this.#rows.filter(([other]) => other === name).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.#rows.some(([other]) => other === name);
  }

  delete(name: string): void {
    this.#rows = this.#rows.filter(([other]) => other !== name);
  }

  forEach(visit: (value: Value, name: string, form: FormData) => void): void {
    for (const [name, value] of this) visit(value, name, this);
  }

  *entries(): IterableIterator<Row> {
    for (const [name, value] of this.#rows) yield [name, value];
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.#rows) yield name;
  }

  *values(): IterableIterator<Value> {
    for (const [, value] of this.#rows) yield value;
  }

  [Symbol.iterator](): IterableIterator<Row> {
    return this.entries();
  }

  /** As the body of a request. */
  multipart(): { bytes: Uint8Array; type: string } {
    const boundary = `----formdata-${crypto.randomUUID()}`;
    const parts = this.#rows.flatMap(([name, value]) => {
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"`;
      if (typeof value === 'string')
        return [Buffer.from(`${head}\r\n\r\n${value.replaceAll(/\r\n|\r|\n/g, '\r\n')}\r\n`)];
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      const line = `${head}; filename="${escaped(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`;
      return [Buffer.from(line), value.held(), Buffer.from('\r\n')];
    });
    return {
      bytes: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
      type: `multipart/form-data; boundary=${boundary}`,
    };
  }

  get [Symbol.toStringTag](): string {
    return 'FormData';
  }
}

function valueOf(value: unknown, filename: string | undefined): Value {
  if (!(value instanceof Blob)) return String(value);
  if (value instanceof File && filename === undefined) return value;
  return new File([value], filename ?? 'blob', { type: value.type });
}

const unescaped = (name: string): string => name.replaceAll('%0D%0A', '\r\n').replaceAll('%22', '"');

/** A form out of the body of an answer. @throws TypeError for any other kind of body */
export function formOf(bytes: Uint8Array, type: string): FormData {
  const form = new FormData();
  if (/^application\/x-www-form-urlencoded/i.test(type)) {
    for (const [name, value] of new URLSearchParams(Buffer.from(bytes).toString('utf8'))) form.append(name, value);
    return form;
  }
  const boundary = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;]+))/i.exec(type);
  if (boundary === null)
    throw new TypeError('Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".');
  const mark = Buffer.from(`--${(boundary[1] ?? boundary[2] ?? '').trim()}`);
  const whole = Buffer.from(bytes);
  for (let from = whole.indexOf(mark); from >= 0; ) {
    const next = whole.indexOf(mark, from + mark.length);
    if (next < 0) break;
    addPart(form, whole.subarray(from + mark.length + 2, next - 2));
    from = next;
  }
  return form;
}

function addPart(form: FormData, part: Buffer): void {
  const end = part.indexOf('\r\n\r\n');
  const head = part.subarray(0, Math.max(0, end)).toString('utf8');
  const name = /[; ]name="([^"]*)"/i.exec(head)?.[1];
  if (end < 0 || name === undefined) throw new TypeError('Failed to parse body as FormData.');
  const body = part.subarray(end + 4);
  const filename = /filename="([^"]*)"/i.exec(head)?.[1];
  if (filename === undefined) form.append(unescaped(name), body.toString('utf8'));
  else {
    const type = /^content-type: *(.*)$/im.exec(head)?.[1]?.trim() ?? 'application/octet-stream';
    form.append(unescaped(name), new File([body], unescaped(filename), { type }));
  }
}

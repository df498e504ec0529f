/**
 * A tar stream with every owner moved into the range of a service, as it flows by.
 *
 * Input is what `sqfs2tar` makes of a stranger's image: it is bounded here (entries, bytes), device nodes are left out,
 * and of extended attributes only file capabilities stay (overlay and access-list attributes carry meanings and ids of
 * their own).
 */
import { Transform, type TransformCallback } from 'node:stream';
import { errors } from '../errors.ts';
import { idsPerService } from '../layout.ts';
import { capabilityRecord } from './pax.ts';
import { fieldNumber, headerOf, setChecksum, setNumber } from './tar.ts';

export interface ShiftLimits {
  readonly entries: number;
  /** Of all file contents together. */
  readonly bytes: number;
}

const block = 512;
const nobody = 65_534;
/** Bytes of a long name or of a set of attributes. */
const metadataLimit = 1024 * 1024;

/** Global attributes, character and block devices. */
const leftOut = 'g34';
/** File, hard link, symbolic link, folder, named pipe. */
const entryTypes = '01256';

type State = 'header' | 'metadata' | 'content' | 'skip' | 'end';

export class ShiftOwners extends Transform {
  /** Seen so far. */
  entries = 0;
  bytes = 0;
  readonly #base: number;
  readonly #limits: ShiftLimits;
  readonly #image: string;
  #state: State = 'header';
  #partial = Buffer.alloc(0);
  /** Bytes of the present entry that are still to come, with padding. */
  #left = 0;
  #metadataType = '';
  /** Headers that belong to the next entry: long names, capabilities. */
  #pending: Buffer[] = [];

  constructor(image: string, base: number, limits: ShiftLimits) {
    super({ highWaterMark: 1024 * 1024 });
    this.#base = base;
    this.#limits = limits;
    this.#image = image;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      let rest = chunk;
      while (rest.length > 0) rest = this.#take(rest);
      done();
    } catch (cause) {
      done(cause instanceof Error ? cause : new Error(String(cause)));
    }
  }

  override _flush(done: TransformCallback): void {
    const whole = (this.#state === 'header' || this.#state === 'end') && this.#partial.length === 0;
    done(whole ? null : this.#refusal('its archive ends in the middle'));
  }

  /** Takes from the front what the state asks for and answers what is left. */
  #take(chunk: Buffer): Buffer {
    if (this.#state === 'end') return this.#pass(chunk, chunk.length);
    if (this.#state === 'content' || this.#state === 'skip') {
      const length = Math.min(this.#left, chunk.length);
      this.#left -= length;
      const rest = this.#state === 'content' ? this.#pass(chunk, length) : chunk.subarray(length);
      if (this.#left === 0) this.#state = 'header';
      return rest;
    }
    const wanted = (this.#state === 'header' ? block : this.#left) - this.#partial.length;
    this.#partial = Buffer.concat([this.#partial, chunk.subarray(0, wanted)]);
    if (chunk.length >= wanted) {
      const whole = this.#partial;
      this.#partial = Buffer.alloc(0);
      if (this.#state === 'header') this.#header(whole);
      else this.#metadata(whole);
    }
    return chunk.subarray(wanted);
  }

  #pass(chunk: Buffer, length: number): Buffer {
    this.push(chunk.subarray(0, length));
    return chunk.subarray(length);
  }

  #header(header: Buffer): void {
    if (header.every((byte) => byte === 0)) {
      this.#state = 'end';
      this.push(header);
      return;
    }
    const { type, size } = headerOf(header);
    const padded = Math.ceil(size / block) * block;
    if (type === 'L' || type === 'K' || type === 'x') {
      if (size > metadataLimit) throw this.#refusal('a name or attribute is too long');
      this.#metadataType = type;
      this.#pending.push(header);
      this.#await('metadata', padded);
    } else if (leftOut.includes(type)) {
      this.#pending = [];
      this.#await('skip', padded);
    } else if (entryTypes.includes(type)) {
      this.#entry(header, type === '0' ? size : 0);
      this.#await('content', type === '0' ? padded : 0);
    } else {
      throw this.#refusal(`it has an entry of unknown type ${JSON.stringify(type)}`);
    }
  }

  #await(state: State, bytes: number): void {
    this.#left = bytes;
    this.#state = bytes === 0 ? 'header' : state;
  }

  #entry(header: Buffer, size: number): void {
    this.entries += 1;
    this.bytes += size;
    if (this.entries > this.#limits.entries) throw this.#refusal(`more than ${this.#limits.entries} files`);
    if (this.bytes > this.#limits.bytes) throw this.#refusal(`more than ${this.#limits.bytes} bytes unpacked`);
    for (const field of ['uid', 'gid'] as const) {
      const id = fieldNumber(header, field);
      setNumber(header, field, this.#base + (id < idsPerService ? id : nobody));
    }
    setChecksum(header);
    for (const before of this.#pending.splice(0)) this.push(before);
    this.push(header);
  }

  #metadata(content: Buffer): void {
    if (this.#metadataType === 'x') {
      const header = this.#pending.pop();
      const size = header ? headerOf(header).size : 0;
      const record = capabilityRecord(content.subarray(0, size));
      if (record === 'unfit') throw this.#refusal('it has an entry with unexpected attributes');
      if (record && header) {
        setNumber(header, 'size', record.length);
        setChecksum(header);
        const padding = Buffer.alloc(Math.ceil(record.length / block) * block - record.length);
        this.#pending.push(header, record, padding);
      }
    } else {
      this.#pending.push(content);
    }
    this.#state = 'header';
  }

  #refusal(words: string): Error {
    return errors.imageRefused({ image: this.#image, words });
  }
}

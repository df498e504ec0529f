/** TextEncoder, TextDecoder, atob, btoa. */
import { Buffer } from 'buffer';
import { call } from './host.ts';

export class TextEncoder {
  readonly encoding = 'utf-8';

  encode(text = ''): Uint8Array {
    return Uint8Array.from(Buffer.from(text, 'utf8'));
  }

  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const character of text) {
      const bytes = Buffer.from(character, 'utf8');
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }
}

const utf8Names = new Set(['utf-8', 'utf8', 'unicode-1-1-utf-8']);

export class TextDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  #kept = new Uint8Array(0);

  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    const name = label.trim().toLowerCase();
    this.encoding = utf8Names.has(name) ? 'utf-8' : name;
    this.fatal = options.fatal === true;
    this.ignoreBOM = options.ignoreBOM === true;
    if (this.encoding !== 'utf-8') call('text.decode', [this.encoding, false, false], new Uint8Array(0));
  }

  decode(input?: ArrayBuffer | ArrayBufferView, options: { stream?: boolean } = {}): string {
    let bytes = viewOf(input);
    if (this.#kept.length > 0) bytes = joined(this.#kept, bytes);
    this.#kept = new Uint8Array(0);
    if (options.stream === true && this.encoding === 'utf-8') {
      const whole = bytes.length - unfinished(bytes);
      this.#kept = Uint8Array.from(bytes.subarray(whole));
      bytes = bytes.subarray(0, whole);
    }
    return call('text.decode', [this.encoding, this.fatal, this.ignoreBOM], bytes) as string;
  }
}

function viewOf(input: ArrayBuffer | ArrayBufferView | undefined): Uint8Array<ArrayBuffer> {
  if (input === undefined) return new Uint8Array(0);
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  return new Uint8Array(input.buffer as ArrayBuffer, input.byteOffset, input.byteLength);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** How many bytes at the end begin a character that is not all there. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

export function atob(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}

export function btoa(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

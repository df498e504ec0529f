/** Text as it streams: pieces may end in the middle of a character. */
import { TransformStream } from 'web-streams-polyfill';

export class TextEncoderStream {
  readonly encoding = 'utf-8';
  readonly readable: unknown;
  readonly writable: unknown;

  constructor() {
    const encoder = new TextEncoder();
    // The first half of a pair of surrogates, until the second comes.
    let half = '';
    const { readable, writable } = new TransformStream<string, Uint8Array>({
      transform(piece, controller) {
        const text = half + piece;
        half = /[\uD800-\uDBFF]$/.exec(text)?.[0] ?? '';
        const whole = text.slice(0, text.length - half.length);
        if (whole !== '') controller.enqueue(encoder.encode(whole));
      },
      flush(controller) {
        if (half !== '') controller.enqueue(encoder.encode('\uFFFD'));
      },
    });
    this.readable = readable;
    this.writable = writable;
  }
}

export class TextDecoderStream {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  readonly readable: unknown;
  readonly writable: unknown;

  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    const decoder = new TextDecoder(label, options);
    this.encoding = decoder.encoding;
    this.fatal = options.fatal === true;
    this.ignoreBOM = options.ignoreBOM === true;
    const { readable, writable } = new TransformStream<Uint8Array, string>({
      transform(piece, controller) {
        const text = decoder.decode(piece, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
    this.readable = readable;
    this.writable = writable;
  }
}

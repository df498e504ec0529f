/** `WebSocket`. */
import { Event, EventTarget } from './abort.ts';
import { begin, command } from './host.ts';

class SocketEvent extends Event {
  constructor(type: string, fields: object) {
    super(type);
    Object.assign(this, fields);
  }
}

export class WebSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readonly url: string;
  readonly bufferedAmount = 0;
  protocol = '';
  extensions = '';
  readyState = 0;
  binaryType = 'blob';
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: Event) => void) | null = null;
  readonly #id: number;

  constructor(url: string | URL, protocols: string | readonly string[] = []) {
    super();
    this.url = String(url);
    const wanted = typeof protocols === 'string' ? [protocols] : protocols;
    this.#id = begin('websocket', [this.url, wanted], (event, value, bytes) => this.#hear(event, value, bytes));
  }

  #hear(event: string, value: unknown, bytes: Uint8Array | null): void {
    if (event === 'open') {
      this.readyState = 1;
      Object.assign(this, value);
      this.dispatchEvent(new Event('open'));
    } else if (event === 'message') {
      const data = bytes === null ? value : bytes.buffer;
      this.dispatchEvent(new SocketEvent('message', { data }));
    } else if (event === 'error') this.dispatchEvent(new SocketEvent('error', value as object));
    else if (event === 'close') {
      this.readyState = 3;
      this.dispatchEvent(new SocketEvent('close', value as object));
    }
  }

  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.readyState === 0) throw new Error('The connection is not open yet');
    if (this.readyState !== 1) return;
    if (typeof data === 'string') command(this.#id, 'send', [data]);
    else command(this.#id, 'send', [null], data instanceof ArrayBuffer ? new Uint8Array(data) : data);
  }

  close(code?: number, reason?: string): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    command(
      this.#id,
      'close',
      [code, reason].filter((part) => part !== undefined),
    );
  }
}

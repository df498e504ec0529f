/** `net` and `tls`: client sockets. Servers belong to programs, not to a package's script. */
import { Buffer } from 'buffer';
import { begin, close, command, errorOf, type OnEvent } from './host.ts';
import { refusingAll } from './refused.ts';
import { Duplex } from './stream.ts';
import type { ErrorShape } from '../files/error.ts';

type Options = Record<string, unknown>;
type Listener = (...args: unknown[]) => void;

let nextHandle = 1;

export class Socket extends Duplex {
  connecting = false;
  authorized = false;
  encrypted = false;
  bytesRead = 0;
  bytesWritten = 0;
  #id: number | null = null;
  #ended = false;
  /** Milliseconds of silence after which it tells so; 0: never. */
  #idle = 0;
  /** By which TLS finds the connection it is to be put on. */
  #handle = 0;

  constructor(options: Options = {}) {
    super({ allowHalfOpen: options['allowHalfOpen'] === true });
  }

  connect(...args: unknown[]): this {
    const { options, listener } = argumentsOf(args);
    return this.open('net.connect', options, 'connect', listener);
  }

  open(op: string, options: Options, ready: string, listener: Listener | undefined): this {
    this.connecting = true;
    if (listener !== undefined) this.once(ready, listener);
    this.#handle = nextHandle++;
    const over = options['socket'] instanceof Socket ? { over: options['socket'].#handle } : {};
    this.#id = begin(op, [{ ...plainOptions(options), ...over, handle: this.#handle }], (event, value, bytes) =>
      this.#hear(event, value, bytes),
    );
    return this;
  }

  /** Takes over a connection of another kind; answers what is to hear of it. */
  adopt(id: number): OnEvent {
    this.#id = id;
    return (event, value, bytes) => this.#hear(event, value, bytes);
  }

  #hear(event: string, value: unknown, bytes: Uint8Array | null): void {
    switch (event) {
      case 'connect':
        this.connecting = false;
        Object.assign(this, value);
        this.emit('connect');
        this.emit('ready');
        break;
      case 'secureConnect':
        this.encrypted = true;
        this.authorized = (value as { authorized: boolean }).authorized;
        this.emit('secureConnect');
        break;
      case 'data':
        this.bytesRead += bytes?.length ?? 0;
        if (bytes !== null && !this.push(Buffer.from(bytes.buffer as ArrayBuffer))) this.#tell('pause');
        break;
      case 'end':
        this.#ended = true;
        this.push(null);
        this.read(0);
        break;
      case 'error':
        this.destroy(errorOf(value as ErrorShape));
        break;
      case 'timeout':
        this.emit('timeout');
        break;
      case 'close':
        this.#id = null;
        this.#over();
    }
  }

  /** The connection is gone, but what came by it stays until it is read, or the script has waited long enough. */
  #over(): void {
    if (this.destroyed || !this.#ended || this.readableEnded) {
      this.destroy();
      return;
    }
    const idle = this.#idle > 0 ? setTimeout(() => this.emit('timeout'), this.#idle) : null;
    this.once('end', () => this.destroy());
    this.once('close', () => idle !== null && clearTimeout(idle));
  }

  #tell(name: string, args: unknown[] = [], bytes?: Uint8Array): void {
    if (this.#id !== null) command(this.#id, name, args, bytes);
  }

  override _read(): void {
    this.#tell('resume');
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.bytesWritten += chunk.length;
    this.#tell('write', [], chunk);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#tell('end');
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#id !== null) close(this.#id);
    this.#id = null;
    done(error);
  }

  setTimeout(milliseconds: number, listener?: Listener): this {
    this.#idle = milliseconds;
    this.#tell('timeout', [milliseconds]);
    if (listener !== undefined) this.once('timeout', listener);
    return this;
  }

  setKeepAlive(on = false): this {
    this.#tell('keepAlive', [on]);
    return this;
  }

  setNoDelay(on = true): this {
    this.#tell('noDelay', [on]);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  getPeerCertificate(): object {
    return {};
  }
}

/** `(options)`, `(path)`, `(port, host)`, each with a listener at the end. */
function argumentsOf(args: unknown[]): { options: Options; listener: Listener | undefined } {
  const listener = typeof args.at(-1) === 'function' ? (args.pop() as Listener) : undefined;
  const [first, second, third] = args;
  if (typeof first === 'object' && first !== null) return { options: first as Options, listener };
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { options: { path: first }, listener };
  const rest = typeof second === 'object' ? second : third;
  return {
    options: { port: Number(first), host: typeof second === 'string' ? second : 'localhost', ...(rest ?? {}) },
    listener,
  };
}

/** Certificates and keys may be bytes; they cross as text. */
export function plainOptions(options: Options): Options {
  const plain: Options = {};
  for (const [name, value] of Object.entries(options)) {
    if (value instanceof Uint8Array) plain[name] = Buffer.from(value).toString('utf8');
    else if (Array.isArray(value))
      plain[name] = value.map((item: unknown) =>
        item instanceof Uint8Array ? Buffer.from(item).toString('utf8') : item,
      );
    else if (['string', 'number', 'boolean'].includes(typeof value)) plain[name] = value;
    else if (name === 'headers') plain[name] = value;
  }
  return plain;
}

const connect = (...args: unknown[]): Socket => new Socket().connect(...args);
const secureConnect = (...args: unknown[]): Socket => {
  const { options, listener } = argumentsOf(args);
  return new Socket().open('tls.connect', options, 'secureConnect', listener);
};
const noServer = () => {
  throw Object.assign(new Error("Servers belong to a service's programs: a package's script opens none"), {
    code: 'ENOSYS',
  });
};

function ipVersion(address: unknown): 0 | 4 | 6 {
  const text = String(address);
  if (/^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(text)) return 4;
  return text.includes(':') && /^[0-9a-f:.]+(%\w+)?$/i.test(text) && text.split('::').length <= 2 ? 6 : 0;
}

export const net = {
  Socket,
  Stream: Socket,
  connect,
  createConnection: connect,
  createServer: noServer,
  Server: noServer,
  ...refusingAll('net', 'BlockList SocketAddress BoundSocket'),
  isIP: ipVersion,
  isIPv4: (address: unknown) => ipVersion(address) === 4,
  isIPv6: (address: unknown) => ipVersion(address) === 6,
};

export const tls = {
  connect: secureConnect,
  TLSSocket: Socket,
  createServer: noServer,
  createSecureContext: (options: Options = {}) => options,
  ...refusingAll('tls', 'SecureContext setDefaultCACertificates'),
  Server: noServer,
  DEFAULT_CIPHERS: '',
  DEFAULT_ECDH_CURVE: 'auto',
  getCiphers: () => [] as string[],
  getCACertificates: () => [] as string[],
  getCertificateCompressionAlgorithms: () => [] as string[],
  checkServerIdentity: () => undefined,
  rootCertificates: [],
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
};

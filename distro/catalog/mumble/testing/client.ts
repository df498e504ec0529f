/** As much of Mumble's protocol as two people need: come in, write, talk. Frames are `type, length, protobuf message`. */
import type { TLSSocket } from 'node:tls';

const types = { version: 0, tunnel: 1, authenticate: 2, reject: 4, sync: 5, text: 11 } as const;

/** One field of a protobuf message: a number, or bytes. */
type Value = number | Buffer;
export type Message = ReadonlyMap<number, Value>;

function varint(value: number): Buffer {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return Buffer.from([...bytes, value]);
}

function encode(fields: readonly (readonly [number, string | number])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) =>
      typeof value === 'number'
        ? [varint(number * 8), varint(value)]
        : [varint(number * 8 + 2), varint(Buffer.byteLength(value)), Buffer.from(value)],
    ),
  );
}

function decode(bytes: Buffer): Message {
  const fields = new Map<number, Value>();
  let at = 0;
  const read = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = read();
    const wire = tag % 8;
    if (wire === 0) fields.set((tag - wire) / 8, read());
    else if (wire === 2) {
      const length = read();
      fields.set((tag - wire) / 8, bytes.subarray(at, (at += length)));
    } else at += wire === 1 ? 8 : 4;
  }
  return fields;
}

export class Guest {
  readonly written: string[] = [];
  /** Packets of sound, as they came. */
  readonly heard: Buffer[] = [];
  readonly in: Promise<number>;
  private readonly socket: TLSSocket;

  constructor(socket: TLSSocket, name: string, password: string) {
    this.socket = socket;
    this.in = new Promise((done, fail) => {
      let rest = Buffer.alloc(0);
      socket.on('error', fail).on('close', () => fail(new Error('The server hung up')));
      socket.on('data', (chunk: Buffer) => {
        rest = Buffer.concat([rest, chunk]);
        while (rest.length >= 6 && rest.length >= 6 + rest.readUInt32BE(2)) {
          const end = 6 + rest.readUInt32BE(2);
          const [type, body] = [rest.readUInt16BE(0), rest.subarray(6, end)];
          rest = rest.subarray(end);
          if (type === types.reject) fail(new Error(`Refused: ${String(decode(body).get(2))}`));
          else if (type === types.sync) done(Number(decode(body).get(1)));
          else if (type === types.text) this.written.push(String(decode(body).get(5)));
          else if (type === types.tunnel) this.heard.push(body);
        }
      });
    });
    this.send(
      types.version,
      encode([
        [1, 0x01_03_04],
        [2, 'test'],
      ]),
    );
    this.send(
      types.authenticate,
      encode([
        [1, name],
        [2, password],
        [5, 1],
      ]),
    );
  }

  /** To everybody in the room where all begin. */
  write(text: string): void {
    this.send(
      types.text,
      encode([
        [3, 0],
        [5, text],
      ]),
    );
  }

  /** One packet of Opus, through the encrypted connection, to whoever is in the same room. */
  talk(sound: Buffer, sequence: number): void {
    this.send(types.tunnel, Buffer.concat([Buffer.from([4 << 5]), Buffer.from([sequence, sound.length]), sound]));
  }

  leave(): void {
    this.socket.removeAllListeners('close').destroy();
  }

  private send(type: number, body: Buffer): void {
    const head = Buffer.alloc(6);
    head.writeUInt16BE(type, 0);
    head.writeUInt32BE(body.length, 2);
    this.socket.write(Buffer.concat([head, body]));
  }
}

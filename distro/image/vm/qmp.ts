/** QEMU's control socket (QMP): one command after another. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export class Qmp {
  readonly #socket: Socket;
  readonly #waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => this.#receive(JSON.parse(line) as Record<string, unknown>));
    const gone = () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('QEMU has ended'));
    };
    socket.on('close', gone).on('error', gone);
    // It says the same once more.
    lines.on('error', gone);
  }

  /** Waits up to ten seconds for the socket to be there. */
  static async open(path: string): Promise<Qmp> {
    for (let left = 100; ; left -= 1) {
      try {
        const qmp = new Qmp(await dial(path));
        await qmp.execute('qmp_capabilities');
        return qmp;
      } catch (error) {
        if (left === 0) throw error;
      }
      await sleep(100);
    }
  }

  execute(command: string, values: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: values })}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Events and the greeting are of no use here. */
  #receive(message: Record<string, unknown>): void {
    if ('return' in message) this.#waiting.shift()?.resolve(message['return']);
    if ('error' in message) this.#waiting.shift()?.reject(new Error(JSON.stringify(message['error'])));
  }
}

/** A connected socket of the unix kind. */
export function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

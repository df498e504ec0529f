/** The root shell that the test's kernel command line puts on the second serial port; the product has none. */
import type { Socket } from 'node:net';
import { dial } from './qmp.ts';

export class Shell {
  readonly #socket: Socket;
  #text = '';
  #count = 0;
  #look: (() => void) | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.#text = (this.#text + text).slice(-1_000_000);
      this.#look?.();
    });
  }

  static async open(path: string): Promise<Shell> {
    return new Shell(await dial(path));
  }

  /** Answers what the command printed, both streams. Rejects for an exit code, and after `limitMs`. */
  async run(command: string, limitMs = 120_000): Promise<string> {
    const mark = `END-${++this.#count}-`;
    this.#text = '';
    // Split, so that an echo of the line is not taken for the answer.
    this.#socket.write(`{ ${command}\n} 2>&1; printf '%s%s\\n' ${mark.slice(0, 2)} ${mark.slice(2)}$?.\n`);
    const end = new RegExp(`${mark}(\\d+)\\.`);
    const answer = await new Promise<RegExpExecArray>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#look = null;
        reject(new Error(`No answer to: ${command}\n${this.#text.slice(-2000)}`));
      }, limitMs);
      this.#look = () => {
        const found = end.exec(this.#text);
        if (found === null) return;
        clearTimeout(timer);
        this.#look = null;
        resolve(found);
      };
      this.#look();
    });
    const printed = this.#text.slice(0, answer.index).replaceAll('\r', '').trim();
    if (answer[1] !== '0') throw new Error(`${command} ended with code ${answer[1] ?? ''}: ${printed}`);
    return printed;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/**
 * Real pipes for programs. Node's own are sockets, and a program that opens `/dev/stderr` anew cannot open a socket.
 *
 * A named pipe's two ends are opened and its name removed at once; what is left is a pipe made inside the container.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

const { O_RDONLY, O_RDWR, O_WRONLY, O_NONBLOCK } = constants;
const madeAtOnce = 24;

/** For the program, and for us. */
export interface Pipe {
  readonly theirs: number;
  readonly ours: Socket;
}

export class Pipes {
  readonly #folder: string;
  readonly #ready: string[] = [];
  #next = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** A pipe the program writes into. */
  output(): Pipe {
    return this.#open((name) => {
      const ours = openSync(name, O_RDONLY | O_NONBLOCK);
      const theirs = openSync(name, O_WRONLY);
      return { theirs, ours: new Socket({ fd: ours, readable: true, writable: false }) };
    });
  }

  /** A pipe the program reads from. */
  input(): Pipe {
    return this.#open((name) => {
      // Held by both ends for a moment, so that neither open waits for the other.
      const both = openSync(name, O_RDWR | O_NONBLOCK);
      const theirs = openSync(name, O_RDONLY);
      const ours = openSync(name, O_WRONLY | O_NONBLOCK);
      closeSync(both);
      return { theirs, ours: new Socket({ fd: ours, readable: false, writable: true }) };
    });
  }

  #open(open: (name: string) => Pipe): Pipe {
    if (this.#ready.length === 0) this.#make();
    const name = this.#ready.pop() ?? '';
    const pipe = open(name);
    unlinkSync(name);
    return pipe;
  }

  #make(): void {
    const names = Array.from({ length: madeAtOnce }, () => join(this.#folder, `pipe-${this.#next++}`));
    execFileSync('mkfifo', ['--mode=600', ...names]);
    this.#ready.push(...names);
  }
}

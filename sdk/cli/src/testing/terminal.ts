/** Runs a command line in this process and keeps what it wrote. */
import { Readable, Writable } from 'node:stream';
import type { World } from '../context.ts';
import { run } from '../program.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The one JSON value of `--json`. */
  readonly value: () => any;
}

class Kept extends Writable {
  readonly pieces: Buffer[] = [];
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(isTTY: boolean, columns: number) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }

  override _write(piece: Buffer | string, _: string, done: () => void): void {
    this.pieces.push(Buffer.from(piece));
    done();
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString('utf8');
  }
}

export interface Setting {
  readonly settings: string;
  readonly stdin?: string;
  /** Of standard error. */
  readonly terminal?: boolean;
  /** Of standard output, which is a terminal then. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
}

export async function hearth(args: readonly string[], setting: Setting): Promise<Ran> {
  const [stdout, stderr] = [
    new Kept(setting.columns !== undefined, setting.columns ?? 100),
    new Kept(setting.terminal === true, 100),
  ];
  const stdin = Readable.from(setting.stdin === undefined ? [] : [Buffer.from(setting.stdin)]);
  const environment = {
    socket: undefined,
    server: undefined,
    run: undefined,
    settings: setting.settings,
    machine: 'desk',
  };
  const world: World = {
    environment,
    streams: { stdin: stdin as World['streams']['stdin'], stdout, stderr },
    signal: setting.signal ?? new AbortController().signal,
  };
  const code = await run(args, world);
  return { code, out: stdout.text, err: stderr.text, value: () => JSON.parse(stdout.text) };
}

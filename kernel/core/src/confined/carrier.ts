/** What carries words to the process of a plugin and back: pipes to a child of the kernel, or a socket of the engine's. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { type EngineClient, HearthError } from '@hearth/contract';
import { ownCommand, type Place } from './command.ts';

export interface Carrier {
  readonly input: Writable;
  readonly output: Readable;
  /** The one that waits for it; null while it is not there. */
  pid(): number | null;
  kill(): void;
  /** How it ended, in words; never rejects. */
  readonly ended: Promise<string>;
}

export function childCarrier(place: Place): Carrier {
  const [program, words] = ownCommand(place);
  const child = spawn(program, words, { cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, stdio: 'pipe' });
  let last = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-2000)));
  child.stdin.on('error', () => undefined);
  return {
    input: child.stdin,
    output: child.stdout,
    pid: () => child.pid ?? null,
    // With the one that waits for it goes what it waits for.
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve(`it could not be started: ${error.message}`));
      child.once('close', (code, signal) => resolve(wordsOf(code, signal, last)));
    }),
  };
}

/** For a kernel that may not start it itself: the engine does, from its own release, and hands the words on. */
export function engineCarrier(engine: EngineClient, run: string, slot: number): Carrier {
  const gone = new AbortController();
  const [input, output] = [new PassThrough(), new PassThrough()];
  let pid: number | null = null;
  const onProgress = (done: number): void => {
    if (done > 0) {
      pid = done;
      return;
    }
    const socket = connect({ path: join(run, 'confined', `${slot}.sock`) });
    socket.on('error', () => gone.abort());
    input.pipe(socket).pipe(output);
  };
  const ended = engine
    .call('plugin.run', { slot }, { signal: gone.signal, onProgress })
    .then(({ how }) => how)
    .catch((error: unknown) => HearthError.from(error).message)
    .finally(() => output.end());
  return { input, output, pid: () => pid, kill: () => gone.abort(), ended };
}

function wordsOf(code: number | null, signal: string | null, last: string): string {
  if (/heap out of memory|memory limit|Array buffer allocation|bad_alloc/i.test(last)) return 'it ran out of memory';
  const line = last.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  const how = signal === null ? `with code ${code ?? 0}` : `by ${signal}`;
  return line === '' ? `it ended ${how}` : `it ended ${how}: ${line}`;
}

/** Holds each durable write of a running process for a moment, and lets a test choose in which of them something happens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Long enough for a test to act in, short enough for a job of thirty writes. */
const heldMs = 120;

export interface Strike {
  /** Writes begun since it was attached. */
  count(): number;
  /** Resolves once it has struck. */
  readonly struck: Promise<void>;
  /** Lets go of the process. */
  end(): Promise<void>;
}

/**
 * The bytes are with the operating system then, and not yet synced: what a process that is killed has written stays, and
 * nothing after it happened.
 *
 * @param place of the write, counted from 1
 */
export async function strikeAt(pid: number, place: number, act: () => void): Promise<Strike> {
  const calls = 'fdatasync,fsync';
  const inject = `inject=${calls}:delay_enter=${heldMs * 1000}`;
  const tracer = spawn('strace', ['-f', '-p', String(pid), '-e', `trace=${calls}`, '-e', 'signal=none', '-e', inject], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const attached = Promise.withResolvers<void>();
  const struck = Promise.withResolvers<void>();
  const gone = once(tracer, 'exit');
  let words = '';
  let count = 0;
  let acted = false;
  tracer.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
    if (words.includes('attached')) attached.resolve();
    count = [...words.matchAll(/\bf(?:data)?sync\(/g)].length;
    if (count < place || acted) return;
    acted = true;
    act();
    struck.resolve();
  });
  gone.then(
    () => attached.reject(new Error(`strace could not attach: ${words}`)),
    () => undefined,
  );
  await attached.promise;
  return {
    count: () => count,
    struck: struck.promise,
    end: async () => {
      // At once: it would wait for a thread that it holds and that was killed meanwhile. What lives goes on without it.
      tracer.kill('SIGKILL');
      await gone;
    },
  };
}

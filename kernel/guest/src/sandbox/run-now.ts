/** The script's thread sleeps until the serving process has run a program to its end. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { RunNow, RunNowEnded } from './messages.ts';
import { count, record, text, texts } from './ops/arguments.ts';

/** A thread that sleeps hears nothing, not even that the service is to stop. */
const longestMs = 600_000;
/** What the other side may need beyond the time it was given. */
const graceMs = 30_000;

/** @param post hands the program over to the serving process */
export function runNow(
  args: readonly unknown[],
  input: Uint8Array | undefined,
  post: (run: RunNow) => void,
): RunNowEnded {
  const [file, list, given] = args;
  const wanted = record(given);
  const limit = count(wanted['timeout']);
  const options = {
    stdio: texts(wanted['stdio']),
    timeout: limit > 0 && limit < longestMs ? limit : longestMs,
    killSignal: text(wanted['killSignal']),
    maxBuffer: Math.max(0, count(wanted['maxBuffer'])),
  };
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  post({ file: text(file), args: texts(list), options, input, answer: port2, done });
  Atomics.wait(done, 0, 0, options.timeout + graceMs);
  const answer = receiveMessageOnPort(port1) as { readonly message: RunNowEnded } | undefined;
  port1.close();
  if (answer === undefined) throw new Error(`${text(file)} did not end, though it was killed`);
  return answer.message;
}

/** Runs a program for a script that waits for it: outputs gathered within bounds, a time limit, one answer. */
import type { ErrorShape } from '../files/error.ts';
import type { Outcome } from '../programs/child.ts';
import type { RunNow, RunNowEnded } from '../sandbox/messages.ts';
import type { Ongoing, Tell } from './sandbox.ts';

/** How long a program may go on after it was told to end. */
const lastPatienceMs = 5000;
let nextPid = 1_000_000;

type Name = 'stdout' | 'stderr';

export function runForScript(run: RunNow, begin: (args: readonly unknown[], tell: Tell) => Ongoing): void {
  const { file, args, options, input } = run;
  const outputs: Record<Name, { pieces: Uint8Array[]; size: number }> = {
    stdout: { pieces: [], size: 0 },
    stderr: { pieces: [], size: 0 },
  };
  let failure: ErrorShape | null = null;
  let answered = false;
  const timers: NodeJS.Timeout[] = [];

  const text = (name: Name, at: number): string | null =>
    options.stdio[at] === 'pipe' ? Buffer.concat(outputs[name].pieces).toString('base64') : null;
  const answer = (outcome: Outcome, began: boolean): void => {
    if (answered) return;
    answered = true;
    for (const timer of timers) clearTimeout(timer);
    const ended: RunNowEnded = {
      pid: began ? nextPid++ : 0,
      status: outcome.code,
      signal: outcome.signal,
      stdout: began ? text('stdout', 1) : null,
      stderr: began ? text('stderr', 2) : null,
      error: failure,
    };
    run.answer.postMessage(ended);
    run.answer.close();
    Atomics.store(run.done, 0, 1);
    Atomics.notify(run.done, 0);
  };
  const refuse = (code: string, errno: number): void => {
    failure ??= errorShape(file, code, errno);
    program.command?.('kill', [options.killSignal], undefined);
    timers.push(setTimeout(() => program.command?.('kill', ['SIGKILL'], undefined), lastPatienceMs));
    timers.push(setTimeout(() => answer({ code: null, signal: 'SIGKILL' }, true), 2 * lastPatienceMs));
  };
  const gather = (name: Name, bytes: Uint8Array): void => {
    const output = outputs[name];
    const room = options.maxBuffer - output.size;
    output.size += bytes.length;
    output.pieces.push(bytes.subarray(0, Math.max(0, room)));
    if (bytes.length > room && failure === null) refuse('ENOBUFS', -105);
  };

  const program = begin([file, args, { stdio: options.stdio }], (event, value, bytes) => {
    if ((event === 'stdout' || event === 'stderr') && bytes !== undefined) gather(event, bytes);
    else if (event === 'exit') answer(value as Outcome, true);
    else if (event === 'failed') {
      failure = synchronous(value as ErrorShape);
      answer({ code: null, signal: null }, false);
    }
  });
  if (options.stdio[0] === 'pipe') {
    if (input !== undefined && input.length > 0) program.command?.('write', [], input);
    program.command?.('end', [], undefined);
  }
  timers.push(setTimeout(() => refuse('ETIMEDOUT', -110), options.timeout));
}

/** As Node words it for a program that was waited for. */
function synchronous(shape: ErrorShape): ErrorShape {
  const named = (text: string): string => text.replace(/^spawn /, 'spawnSync ');
  return {
    ...shape,
    message: named(shape.message),
    ...(shape.syscall !== undefined && { syscall: named(shape.syscall) }),
  };
}

function errorShape(file: string, code: string, errno: number): ErrorShape {
  const syscall = `spawnSync ${file}`;
  return { name: 'Error', message: `${syscall} ${code}`, code, errno, syscall, path: file };
}

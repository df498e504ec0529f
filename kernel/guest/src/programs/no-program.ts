/** What looks like a program to a script and is none: work of the guest's own, and names nobody knows. */
import type { Ongoing, Tell } from '../serve/sandbox.ts';

export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Record<string, unknown>;
  readonly stdio: readonly string[];
}

export const nothingToSay: Ongoing = { close: () => undefined };

export function over(options: SpawnOptions, tell: Tell, code: number): void {
  if (options.stdio[1] === 'pipe') tell('stdout');
  if (options.stdio[2] === 'pipe') tell('stderr');
  tell('exit', { code, signal: null }, undefined, true);
}

export function unknownProgram(file: string, tell: Tell): Ongoing {
  const message = `spawn ${file} ENOENT`;
  const shape = { name: 'Error', message, code: 'ENOENT', errno: -2, syscall: `spawn ${file}`, path: file };
  // Later, as Node does: the script has to be able to listen first.
  setImmediate(() => tell('failed', shape, undefined, true));
  return nothingToSay;
}

/** File errors as Node words them, with the path the script used. */
import { getSystemErrorMap } from 'node:util';

const numbers = new Map<string, { errno: number; text: string }>();
for (const [errno, [code, text]] of getSystemErrorMap()) numbers.set(code, { errno, text });

export class FileError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly path: string;

  constructor(code: string, path: string) {
    const { errno, text } = numbers.get(code) ?? { errno: -1, text: 'failed' };
    super(`${code}: ${text}, '${path}'`);
    this.code = code;
    this.errno = errno;
    this.path = path;
  }
}

/** What crosses to the script: plain data in the shape of a Node error. */
export interface ErrorShape {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly errno?: number;
  readonly syscall?: string;
  readonly path?: string;
}

/**
 * Puts the script's own path where ours stood.
 *
 * @param path as the script named it
 */
export function shapeOfError(error: unknown, path?: string): ErrorShape {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { code, errno, syscall } = error as NodeJS.ErrnoException;
  const known = typeof code === 'string' ? numbers.get(code) : undefined;
  const at = path === undefined ? '' : ` '${path}'`;
  const message =
    known === undefined || path === undefined
      ? error.message.replaceAll(/\/proc\/self\/fd\/\d+/g, '')
      : `${String(code)}: ${known.text}, ${syscall ?? 'open'}${at}`;
  return {
    name: error.name,
    message,
    ...(typeof code === 'string' && { code }),
    ...(typeof errno === 'number' && { errno }),
    ...(typeof syscall === 'string' && { syscall }),
    ...(path !== undefined && known !== undefined && { path }),
  };
}

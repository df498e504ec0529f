/** `hearth package pack`: the command line has only to read its flags and hand them over. */
import { HearthError } from '@hearth/contract/errors';
import type { PackEvent } from './events.ts';
import { readOrMakeKey } from './key.ts';
import { packPackage } from './pack.ts';

export interface PackCommand {
  readonly recipe: string;
  readonly out: string;
  /** PKCS#8 PEM; made if it is not there. */
  readonly key: string;
  readonly cache?: string | undefined;
  readonly arch?: string | undefined;
  readonly fresh?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Answers the exit code; all else is told as events, the last of them `packed` or `failed`. */
export async function packCommand(command: PackCommand, tell: (event: PackEvent) => void): Promise<0 | 1> {
  const { recipe, out, key, cache, arch, fresh, signal } = command;
  try {
    const signer = await readOrMakeKey(key);
    const request = { recipe, output: out, key: signer, cache, architecture: arch, fresh, signal, onEvent: tell };
    tell({ type: 'packed', ...(await packPackage(request)) });
    return 0;
  } catch (error) {
    tell({ type: 'failed', error: HearthError.from(error).toWire() });
    return 1;
  }
}

/** What the engine needs to open the repository of a target, for as long as one piece of work lasts. */
import { type EngineInput, HearthError, type FormValues } from '@hearth/contract';
import { errors } from '../errors.ts';
import type { Kinds } from '../kinds.ts';
import type { PluginTarget } from '../state.ts';
import { type EndpointParts, serveStore } from './endpoint.ts';

export type Access = Pick<EngineInput<'backup.prepare'>, 'repository' | 'password'>;
export type Work<T> = (access: Access, signal: AbortSignal) => Promise<T>;

export interface ServingParts extends EndpointParts {
  readonly kinds: Kinds;
}

export interface Served {
  readonly target: PluginTarget;
  readonly values: FormValues;
  readonly password: string;
}

/**
 * Opens the store of a target, serves it while `work` runs, and ends the work when the store goes or keeps failing. Throws
 * `backup.targetUnavailable`, `backup.targetFailed`, and the engine's words with the name of the target in them.
 */
export async function whileServed<T>(
  parts: ServingParts,
  { target, values, password }: Served,
  signal: AbortSignal,
  work: Work<T>,
): Promise<T> {
  const { kinds } = parts;
  const { store, gone } = await kinds.open(target, values, signal).catch((cause: unknown) => {
    throw explained(cause, target);
  });
  try {
    // Told at once, and in the store's own words, where restic would try for a while.
    await store.size({ type: 'config', name: 'config' }, AbortSignal.any([signal, gone])).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw gone.aborted ? kinds.gone(target) : explained(cause, target);
    });
    const endpoint = await serveStore(store, parts);
    try {
      const over = AbortSignal.any([signal, gone, endpoint.hopeless]);
      return await work({ repository: { kind: 'served', socket: endpoint.socket }, password }, over);
    } catch (cause) {
      signal.throwIfAborted();
      if (gone.aborted) throw kinds.gone(target);
      const failure = endpoint.failure();
      throw failure === null || !isOfStore(cause) ? named(cause, target) : explained(failure, target);
    } finally {
      await endpoint.close();
    }
  } finally {
    await store.close?.();
  }
}

function explained(cause: unknown, { name }: PluginTarget): HearthError {
  const failure = HearthError.from(cause);
  if (failure.code.startsWith('backup.target') || failure.code === 'backup.settingsOutdated') return failure;
  const reason = failure.kind === 'INTERNAL' ? 'its plugin failed' : failure.message;
  return errors.targetFailed({ target: name, reason }, cause);
}

/** What restic says when its requests fail, or what comes of ending it. */
function isOfStore(cause: unknown): boolean {
  if (!HearthError.is(cause)) return true;
  return cause.code !== 'engine.repositoryPassword' && /^(engine\.repository|hearth\.)/.test(cause.code);
}

/** The engine knows no name for what it is served. */
function named(cause: unknown, { name }: PluginTarget): unknown {
  if (!HearthError.is(cause) || !cause.code.startsWith('engine.repository')) return cause;
  const { code, kind, message, data } = cause;
  return new HearthError({
    code,
    kind,
    message: message.replace('"served"', `"${name}"`),
    data: { ...data, path: name },
  });
}

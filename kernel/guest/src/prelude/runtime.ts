/* eslint-disable no-console -- the script's own console, which is its log */
/** What the host asks of the script: init, start, stop, exit, actions, backups. */
import { ExtendedVersion, VersionRange } from './exver.ts';
import { Context } from './context.ts';
import { type Effects, makeEffects } from './effects.ts';
import { call } from './host.ts';

interface Running {
  term(): Promise<unknown>;
}
type Procedure = (options: Record<string, unknown>) => Promise<unknown>;
interface PackageModule {
  readonly init?: Procedure;
  readonly uninit?: Procedure;
  readonly main?: Procedure;
  readonly createBackup?: Procedure;
  readonly actions?: { get(id: string): Record<'getInput' | 'run', Procedure> | undefined };
}

let bundle: PackageModule | null = null;
let loadError: Error | null = null;
let system: PackageModule | null = null;
let root = new Context('');
let rootEffects: Effects | null = null;
let running: Running | null = null;
let stopping: Promise<null> | null = null;

/** Keeps what the bundle exports, or why it does not. */
export function keepBundle(exported: unknown, error: unknown): void {
  bundle = exported ?? null;
  loadError = error === null || error instanceof Error ? error : new Error(`The package threw ${typeof error}`);
}

function procedure(name: 'init' | 'uninit' | 'main' | 'createBackup'): Procedure {
  if (system === null) throw new Error('System not initialized');
  const found = system[name];
  if (typeof found !== 'function') throw new Error(`The package exports no ${name}`);
  return found;
}

async function init({ id, kind }: { id: string; kind: string | null }): Promise<null> {
  if (loadError !== null) throw loadError;
  if (bundle === null) throw new Error('The package exports nothing');
  root.leave();
  root = new Context('');
  rootEffects = makeEffects(root, root, id);
  // Kept only once init has been through: before, nothing else may run.
  system = null;
  const loaded = bundle;
  if (typeof loaded.init !== 'function') throw new Error('The package exports no init');
  await loaded.init({ effects: rootEffects, kind });
  system = loaded;
  return null;
}

/** What a handler of this host request gets: a context of its own, named, that replaces the one before it. */
function effectsFor(name: string, id: string | null): Effects {
  return makeEffects(root, root.child(name), id);
}

async function start(): Promise<null> {
  // What is still ending ends first; that it failed to is told to whoever asked for it.
  await stopping?.catch(() => undefined);
  if (running !== null) return null;
  const main = procedure('main');
  const effects = effectsFor('main', null);
  let asked = false;
  effects.constRetry = () => {
    if (asked) return;
    asked = true;
    effects.restart().catch((error: unknown) => console.error('Restarting failed:', error));
  };
  try {
    const daemons = (await main({ effects })) as { build?(): Promise<Running> } & Partial<Running>;
    running = (await daemons.build?.()) ?? (daemons as Running);
  } catch (error) {
    root.leaveChild('main');
    throw error;
  }
  return null;
}

/** One at a time, shared by whoever asks: a stop, and an exit in the middle of it. */
function stop(): Promise<null> {
  stopping ??= end().finally(() => {
    stopping = null;
  });
  return stopping;
}

async function end(): Promise<null> {
  const was = running;
  running = null;
  root.leaveChild('main');
  await was?.term();
  return null;
}

function targetOf(target: string | null): unknown {
  if (target === null) return null;
  try {
    return ExtendedVersion.parse(target);
  } catch {
    return VersionRange.parse(target);
  }
}

async function exit({ id, target }: { id: string; target: string | null }): Promise<null> {
  await stop();
  if (system !== null) await procedure('uninit')({ effects: effectsFor('exit', id), target: targetOf(target) });
  root.leave();
  return null;
}

interface Execution {
  readonly id: string;
  readonly procedure: string;
  readonly input: unknown;
  readonly timeout: number | null;
}

async function execute({ id, procedure: pointer, input, timeout }: Execution): Promise<unknown> {
  const parts = pointer.split('/').slice(1);
  const effects = effectsFor(pointer, id);
  const work = carryOut(parts, pointer, effects, (input ?? {}) as Record<string, unknown>);
  try {
    return (await (timeout === null ? work : within(work, timeout, pointer))) ?? null;
  } finally {
    root.leaveChild(pointer);
  }
}

function carryOut(
  parts: string[],
  pointer: string,
  effects: Effects,
  input: Record<string, unknown>,
): Promise<unknown> {
  if (pointer === '/backup/create') return procedure('createBackup')({ effects });
  const [group, encoded, verb] = parts;
  if (group !== 'actions' || encoded === undefined || (verb !== 'getInput' && verb !== 'run'))
    throw new Error(`There is no procedure ${pointer}`);
  if (system === null) throw new Error('System not initialized');
  const id = encoded.replaceAll('~1', '/').replaceAll('~0', '~');
  const action = system.actions?.get(id);
  if (action === undefined) throw new Error(`Action not found: ${id}`);
  if (verb === 'run') return action.run({ effects, input: input['input'] });
  return action.getInput({ effects, prefill: input['prefill'] ?? null });
}

function within(work: Promise<unknown>, milliseconds: number, pointer: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${pointer} timed out`)), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const methods: Record<string, (params: never) => Promise<unknown>> = { init, start, stop, exit, execute };

/** Every request is answered once, whatever the package does. */
export function request(id: string, method: string, json: string): void {
  const run = methods[method];
  const work = async (): Promise<unknown> => {
    if (run === undefined) throw new Error(`There is no method ${method}`);
    return run(JSON.parse(json) as never);
  };
  work().then(
    (result) => answer(id, result),
    (error: unknown) => call('refuse', [id, shapeOf(error)]),
  );
}

function answer(id: string, result: unknown): void {
  try {
    call('answer', [id, result ?? null]);
  } catch (error) {
    call('refuse', [id, shapeOf(error)]);
  }
}

function shapeOf(error: unknown): { name: string; message: string; stack?: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const stack = typeof error.stack === 'string' ? { stack: error.stack } : {};
  return { name: error.name, message: error.message, ...stack };
}

/** Fires a callback; unknown ids are those of contexts left meanwhile. */
export function fire(id: number, args: unknown[]): void {
  const callback = root.take(id);
  if (callback === null) return;
  try {
    void Promise.resolve(callback(...args)).catch((error: unknown) => console.error('A callback failed:', error));
  } catch (error) {
    console.error('A callback failed:', error);
  }
}

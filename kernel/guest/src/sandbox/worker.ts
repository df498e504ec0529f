/** The worker's entry: builds the script's world, then passes turns to it and its wishes out. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { shapeOfError } from '../files/error.ts';
import { Paths } from '../files/paths.ts';
import type { Host } from './bridge.ts';
import { BackupCopies } from './copies.ts';
import type { FromSandbox, RunNowEnded, SandboxData, ToSandbox } from './messages.ts';
import { imageKey, sealOf } from './image.ts';
import type { Listener, Ongoing, OpContext } from './op.ts';
import { callOps, ongoingOps, outsideOps } from './ops.ts';
import { giveBack } from './give-back.ts';
import { runNow } from './run-now.ts';
import { type EngineParts, Script } from './script.ts';

const data = workerData as SandboxData;
const tell = (message: FromSandbox): void => parentPort?.postMessage(message);
const launched = new Set<string>();
const ongoing = new Map<number, Ongoing>();
const watched = new Map<number, string>();
const context: OpContext = { paths: new Paths(data.layout), launched: (guid) => launched.has(guid) };

let script: Script | null = null;
let dead = false;
let loaded = false;
/** Host calls that say nothing of this run or this machine: what the bundle learns by them holds in the next run too. */
const timeless =
  /^(print|os\.arch|text\..*|crypto\.(hash|hmac|hashes|ciphers|curves|cipherInfo|constants)|zlib\.constants)$/;
let impressions = false;
/** While `/backup/create` runs, with the request it is. */
let backup: { readonly request: string; readonly copies: BackupCopies } | null = null;

function tellWatched(): void {
  tell({ kind: 'watched', paths: [...watched.values()] });
}

function ended(id: number): void {
  ongoing.delete(id);
  if (watched.delete(id)) tellWatched();
}

function fatal(reason: string): void {
  if (dead) return;
  dead = true;
  tell({ kind: 'fatal', reason });
}

const host: Host = {
  call(op, args, bytes) {
    if (!loaded && !timeless.test(op)) impressions = true;
    const special = Object.hasOwn(specialCalls, op) ? specialCalls[op] : undefined;
    if (special !== undefined) return special(args, bytes);
    const run = callOps[op];
    if (run === undefined) throw new Error(`There is no host call "${op}"`);
    const work = (): unknown => {
      backup?.copies.beforeCall(op, args);
      return run(context, args, bytes);
    };
    return script === null ? work() : script.outside(work);
  },
  begin(id, op, args, bytes) {
    if (!loaded) impressions = true;
    if (op === 'spawn' && backup !== null && copied(id, args, backup.copies)) return;
    if (outsideOps.has(op)) return tell({ kind: 'begin', id, op, args, ...(bytes && { bytes }) });
    const run = ongoingOps[op];
    if (run === undefined) throw new Error(`There is no host call "${op}"`);
    const handle = run(context, args, bytes, listenerOf(id));
    if (handle === null) return;
    ongoing.set(id, handle);
    if (op !== 'fs.watch') return;
    watched.set(id, resolve('/', String(args[0])));
    tellWatched();
  },
  command(id, name, args, bytes) {
    const handle = ongoing.get(id);
    if (handle === undefined) tell({ kind: 'command', id, name, args, ...(bytes && { bytes }) });
    else handle.command?.(name, args, bytes);
  },
  close(id) {
    const handle = ongoing.get(id);
    if (handle === undefined) return tell({ kind: 'close', id });
    ended(id);
    handle.close();
  },
  broken: (reason) => fatal(`the script's engine failed: ${reason}`),
};

const specialCalls: Record<string, (args: readonly unknown[], bytes: Uint8Array | undefined) => unknown> = {
  answer: ([id, result]) => tell({ kind: 'answer', id: String(id), result: answerOf(String(id), result) }),
  refuse: ([id, error]) => {
    if (backup?.request === id) backup = null;
    tell({ kind: 'refusal', id: String(id), error: error as never });
  },
  print: ([text]) => tell({ kind: 'print', text: String(text) }),
  'spawn.now': (args, bytes) => script?.outside(() => spawnNow(args, bytes)),
};

/** A copy of a backup's is only noted here too. */
function spawnNow(args: readonly unknown[], bytes: Uint8Array | undefined): RunNowEnded {
  const [file, list] = args as [string, string[]];
  if (backup !== null && /(^|\/)rsync$/.test(file) && backup.copies.note(list)) {
    const stdout = Buffer.from('100%\n').toString('base64');
    return { pid: 1, status: 0, signal: null, stdout, stderr: '', error: null };
  }
  backup?.copies.beforeProgram();
  return runNow(args, bytes, (run) => parentPort?.postMessage({ kind: 'runNow', run }, [run.answer]));
}

/** What a backup answers is what of it is left to the host. */
function answerOf(id: string, result: unknown): unknown {
  if (backup?.request !== id) return result;
  const { copies } = backup;
  backup = null;
  return script?.outside(() => copies.take());
}

/** Whether a program was a copy that is only noted: the script hears of its end. */
function copied(id: number, args: readonly unknown[], copies: BackupCopies): boolean {
  const [file, list, { stdio }] = args as [string, string[], { stdio: readonly string[] }];
  if (!/(^|\/)rsync$/.test(file) || !copies.note(list)) {
    script?.outside(() => copies.beforeProgram());
    return false;
  }
  const listener = listenerOf(id);
  setImmediate(() => {
    listener.tell('spawn');
    if (stdio[1] === 'pipe') listener.tell('stdout', null, Buffer.from('100%\n'));
    for (const [at, name] of ['stdout', 'stderr'].entries()) if (stdio[at + 1] === 'pipe') listener.tell(name);
    listener.last('exit', { code: 0, signal: null });
  });
  return true;
}

function listenerOf(id: number): Listener {
  const deliver = (event: string, value: unknown, bytes: Uint8Array | undefined, last: boolean): void => {
    if (last) ended(id);
    if (!dead) script?.deliver(id, event, value, bytes, last);
  };
  return {
    tell: (event, value, bytes) => deliver(event, value, bytes, false),
    last: (event, value, bytes) => deliver(event, value, bytes, true),
  };
}

function receive(message: ToSandbox): void {
  if (dead || script === null) return;
  switch (message.kind) {
    case 'request':
      return request(script, message.id, message.method, message.params);
    case 'callback':
      return script.deliver(0, 'callback', [message.id, message.args], undefined, false);
    case 'event':
      return script.deliver(message.id, message.event, message.value, message.bytes, message.last);
    case 'launched':
      launched.clear();
      for (const guid of message.guids) launched.add(guid);
      return;
    case 'giveBack':
      return giveBack();
  }
}

/** The bundle is read and evaluated when `init` first asks for it; a refused bundle is tried again by the next `init`. */
function request(script: Script, id: string, method: string, params: unknown): void {
  try {
    if (!loaded && method === 'init') {
      const source = readBundle();
      impressions = false;
      const wrong = script.load(source.toString('utf8'));
      if (wrong !== null) return tell({ kind: 'refusal', id, error: wrong });
      loaded = true;
      if (!dead && keepImage(script, source) && data.mayGiveWay) {
        // What evaluation has left behind (8 to 15 MB of a guest's memory) goes with this thread.
        dead = true;
        return tell({ kind: 'giveWay' });
      }
    }
  } catch (error) {
    return tell({ kind: 'refusal', id, error: shapeOfError(error, '/usr/lib/startos/package/index.js') });
  }
  const { procedure } = (params ?? {}) as { procedure?: string };
  if (procedure === '/backup/create') backup = { request: id, copies: new BackupCopies(context.paths, data.layout) };
  if (!dead) script.request(id, method, params);
}

/** Source only. Packages of the generation before keep theirs in `embassy.js`, for another ABI: they are not run. */
function readBundle(): Buffer {
  return readFileSync(join(data.layout.javascript, 'index.js'));
}

/** Before `init`: nothing of the owner's data is in it, and nothing that differs between two runs. Answers whether it is kept. */
function keepImage(script: Script, source: Buffer): boolean {
  const file = data.image;
  if (file === null || impressions) return false;
  try {
    script.outside(() => script.keep(file, imageKey(source, release.seal)));
    return true;
  } catch (error) {
    tell({ kind: 'print', text: `No memory image was made: ${shapeOfError(error).message}` });
    return false;
  }
}

async function restored(): Promise<Script | null> {
  if (data.image === null) return null;
  try {
    const image = { file: data.image, key: imageKey(readBundle(), release.seal) };
    return await Script.restore(data, release, host, image, fatal);
  } catch {
    // No bundle: `init` will say so.
    return null;
  }
}

/** As bytes: they are hashed at every start, and read as text only where there is no image. */
function openRelease(): EngineParts & { readonly seal: string } {
  const prelude = readFileSync(join(data.folder, 'prelude.js'));
  const engine = readFileSync(join(data.folder, 'quickjs.wasm'));
  const { limits, language, hostname } = data;
  return {
    wasm: new WebAssembly.Module(engine),
    prelude: () => prelude.toString('utf8'),
    seal: sealOf(prelude, engine, { limits, language, hostname }),
  };
}

const release = openRelease();
script = await restored();
loaded = script !== null;
script ??= await Script.make(data, release, host, fatal);
parentPort?.on('message', receive);
tell({ kind: 'ready', restored: loaded });

/** The worker's entry: builds the script's world, then passes turns to it and its wishes out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { shapeOfError } from '../files/error.ts';
import { Paths } from '../files/paths.ts';
import type { Host } from './bridge.ts';
import type { FromSandbox, SandboxData, ToSandbox } from './messages.ts';
import type { Listener, Ongoing, OpContext } from './op.ts';
import { callOps, ongoingOps, outsideOps } from './ops.ts';
import { Script } from './script.ts';

const data = workerData as SandboxData;
const tell = (message: FromSandbox): void => parentPort?.postMessage(message);
const launched = new Set<string>();
const ongoing = new Map<number, Ongoing>();
const context: OpContext = { paths: new Paths(data.layout), launched: (guid) => launched.has(guid) };

let script: Script | null = null;
let dead = false;
let loaded = false;

function fatal(reason: string): void {
  if (dead) return;
  dead = true;
  tell({ kind: 'fatal', reason });
}

const host: Host = {
  call(op, args, bytes) {
    const special = specialCalls[op];
    if (special !== undefined) return special(args);
    const run = callOps[op];
    if (run === undefined) throw new Error(`There is no host call "${op}"`);
    const work = (): unknown => run(context, args, bytes);
    return script === null ? work() : script.outside(work);
  },
  begin(id, op, args, bytes) {
    if (outsideOps.has(op)) return tell({ kind: 'begin', id, op, args, ...(bytes && { bytes }) });
    const run = ongoingOps[op];
    if (run === undefined) throw new Error(`There is no host call "${op}"`);
    const handle = run(context, args, bytes, listenerOf(id));
    if (handle !== null) ongoing.set(id, handle);
  },
  command(id, name, args, bytes) {
    const handle = ongoing.get(id);
    if (handle === undefined) tell({ kind: 'command', id, name, args, ...(bytes && { bytes }) });
    else handle.command?.(name, args, bytes);
  },
  close(id) {
    const handle = ongoing.get(id);
    if (handle === undefined) return tell({ kind: 'close', id });
    ongoing.delete(id);
    handle.close();
  },
  broken: (reason) => fatal(`the script's engine failed: ${reason}`),
};

const specialCalls: Record<string, (args: readonly unknown[]) => unknown> = {
  answer: ([id, result]) => tell({ kind: 'answer', id: String(id), result }),
  refuse: ([id, error]) => tell({ kind: 'refusal', id: String(id), error: error as never }),
  print: ([text]) => tell({ kind: 'print', text: String(text) }),
};

function listenerOf(id: number): Listener {
  const deliver = (event: string, value: unknown, bytes: Uint8Array | undefined, last: boolean): void => {
    if (last) ongoing.delete(id);
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
  }
}

/** The bundle is read and evaluated when `init` first asks for it; a refused bundle is tried again by the next `init`. */
function request(script: Script, id: string, method: string, params: unknown): void {
  try {
    const wrong = loaded || method !== 'init' ? null : script.load(readBundle());
    if (wrong !== null) return tell({ kind: 'refusal', id, error: wrong });
    loaded ||= method === 'init';
  } catch (error) {
    return tell({ kind: 'refusal', id, error: shapeOfError(error, '/usr/lib/startos/package/index.js') });
  }
  if (!dead) script.request(id, method, params);
}

/** Source only. Packages of the generation before keep theirs in `embassy.js`, for another ABI: they are not run. */
function readBundle(): string {
  return readFileSync(join(data.layout.javascript, 'index.js'), 'utf8');
}

script = await Script.make(data, host, fatal);
parentPort?.on('message', receive);
tell({ kind: 'ready' });

/** Builds a package of the catalog in a process of its own, and passes on what that tells. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { PackageSource } from '@hearth/contract';
import { z } from 'zod';
import { errors } from './errors.ts';
import { commitment } from './registry-index.ts';

type Bar = Parameters<PackageSource['fetch']>[2];

export interface BuildRequest {
  readonly id: string;
  readonly recipe: string;
  readonly output: string;
  readonly key: string;
  readonly cache: string;
  /** Folder of the running release. */
  readonly runtime: string;
}

/** Lines of `hearth package pack --progress json`. */
const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('phase'), name: z.string() }),
  z.object({
    type: z.literal('progress'),
    done: z.number(),
    total: z.number().nullable(),
    units: z.enum(['bytes', 'steps']),
  }),
  z.object({ type: z.literal('log'), text: z.string() }),
  z.object({ type: z.literal('packed'), commitment, signer: z.string() }),
  z.object({
    type: z.literal('failed'),
    error: z.object({ code: z.string(), kind: z.string(), message: z.string() }),
  }),
]);
type PackEvent = z.infer<typeof event>;

const patienceMs = 20_000;

export async function build(request: BuildRequest, bar: Bar): Promise<z.infer<typeof commitment>> {
  const { id, recipe, output, key, cache, runtime } = request;
  const command = ['package', 'pack', recipe, '--out', output, '--key', key, '--cache', cache, '--progress', 'json'];
  const child = spawn(`${runtime}/node`, [`${runtime}/hearth.mjs`, ...command], {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let killing: NodeJS.Timeout | undefined;
  const stop = (): void => {
    // It takes down what it mounted, which takes a moment.
    child.kill('SIGINT');
    killing = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  };
  bar.signal.addEventListener('abort', stop);
  let last: PackEvent | null = null;
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const parsed = event.safeParse(jsonOf(line));
    if (!parsed.success) return;
    last = parsed.data;
    tell(parsed.data, bar);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (cause) => reject(errors.buildFailed({ id, reason: 'it could not be started' }, cause)));
      child.once('close', resolve);
    });
    bar.signal.throwIfAborted();
    return outcome(id, code, last, complaint);
  } finally {
    clearTimeout(killing);
    bar.signal.removeEventListener('abort', stop);
  }
}

function tell(told: PackEvent, bar: Bar): void {
  if (told.type === 'phase') bar.say(told.name);
  else if (told.type === 'progress') bar.progress(told.done, told.total, told.units);
  else if (told.type === 'log') bar.log.debug({}, told.text);
}

function outcome(id: string, code: number | null, last: PackEvent | null, complaint: string) {
  if (code === 0 && last?.type === 'packed') return last.commitment;
  if (last?.type === 'failed') {
    const { code: inner, message } = last.error;
    throw errors.buildFailed({ id, reason: message, code: inner });
  }
  throw errors.buildFailed({ id, reason: complaint.trim().split('\n').at(-1) ?? `exit code ${String(code)}` });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

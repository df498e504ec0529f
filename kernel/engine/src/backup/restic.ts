/**
 * Runs restic. The password goes through its standard input: it stands in no file, no environment and no argument
 * list. It talks JSON, has its cache in the data folder, no network, and is told to end by SIGINT, at which it gives
 * its lock back.
 */
import { closeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { z } from 'zod';
import { errors } from '../errors.ts';
import type { Call, Machine } from '../host/machine.ts';
import { openBeneath } from '../system/beneath.ts';
import { attempt, type RunOptions, type RunResult } from '../system/run.ts';
import { enclosureScript } from './enclosure.ts';
import { isRepository, type Repository, repositoryError, repositoryPath } from './repository.ts';

export interface Access {
  readonly repository: Repository;
  readonly password: string;
}

export interface ResticOptions {
  readonly cwd?: string;
  /** Told each JSON document restic prints. */
  readonly onMessage?: (message: Message) => void;
  /** Exit codes that are no failure: 3 = snapshot made, some files could not be read. */
  readonly allowed?: readonly number[];
  readonly readOnly?: boolean;
}

const messageShape = z.looseObject({ message_type: z.string().optional() });
export type Message = z.infer<typeof messageShape>;

const longestMs = 7 * 24 * 3600_000;

/** Opens a repository that is there. Throws `engine.repository…` errors. */
export async function restic(
  machine: Machine,
  access: Access,
  args: readonly string[],
  call: Pick<Call, 'signal'>,
  options: ResticOptions = {},
): Promise<Message[]> {
  const path = await repositoryPath(machine, access.repository);
  if (!(await isRepository(path))) throw errors.repositoryMissing({ path });
  return resticAt(machine, path, access.password, args, call, options);
}

export async function resticAt(
  machine: Machine,
  path: string,
  password: string,
  args: readonly string[],
  call: Pick<Call, 'signal'>,
  options: ResticOptions = {},
): Promise<Message[]> {
  if (/[\n\r\0]/.test(password)) throw errors.badInput({ verb: 'backup', issues: 'a password of one line' });
  const messages: Message[] = [];
  const words: string[] = [];
  const onLine = (line: string) => {
    const message = parseLine(line);
    if (message === undefined) words.push(line.slice(0, 500));
    else if (options.onMessage) options.onMessage(message);
    else messages.push(message);
  };
  const attemptOnce = () =>
    enclosed(machine, path, ['--json', ...args], {
      input: `${password}\n`,
      signal: call.signal,
      timeoutMs: longestMs,
      endSignal: 'SIGINT',
      onLine,
      environment: { RESTIC_PROGRESS_FPS: '2', TMPDIR: machine.layout.restores },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
  let result = await attemptOnce();
  if (result.code !== 0 && repositoryError(path, result).code === 'engine.repositoryLocked') {
    // Removes locks whose process is gone, as after a power cut; one that is held stays.
    const limits = { input: `${password}\n`, signal: call.signal, timeoutMs: 120_000 };
    await enclosed(machine, path, ['unlock'], limits);
    messages.length = 0;
    result = await attemptOnce();
  }
  if (result.code !== 0 && options.allowed?.includes(result.code) !== true) throw repositoryError(path, result);
  return messages;
}

/** restic without a network, on a machine that is read-only but for the repository, its cache and its scratch folder. */
async function enclosed(
  { layout }: Machine,
  path: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  await mkdir(layout.repository, { recursive: true, mode: 0o700 });
  const repository = openBeneath('/', path);
  try {
    const enclosure = ['perl', '-e', enclosureScript, '--', machineName(), layout.repository];
    const writable = [layout.resticCache, layout.restores];
    const program = ['restic', '--repo', layout.repository, '--cache-dir', layout.resticCache, ...args];
    return await attempt('unshare', ['--net', ...enclosure, ...writable, '--', ...program], {
      ...options,
      descriptors: [repository],
    });
  } finally {
    closeSync(repository);
  }
}

function machineName(): string {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
}

/** Arrays (of snapshots) come as one document: they are answered as a message with `items`. */
function parseLine(line: string): Message | undefined {
  if (!/^[[{]/.test(line)) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? { message_type: 'list', items: value } : messageShape.parse(value);
  } catch {
    return undefined;
  }
}

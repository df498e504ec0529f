/**
 * Runs restic. The password goes through its standard input: it stands in no file, no environment and no argument
 * list. It talks JSON, has its cache in the data folder, no network (what the kernel serves it reaches through a program
 * of its own, see relay.ts), and is told to end by SIGINT, at which it gives
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
import { relayEnvironment, relayOptions } from './relay.ts';
import { isRepository, nameOf, type Place, placeOf, type Repository, repositoryError } from './repository.ts';

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
  const place = await placeOf(machine, access.repository);
  if (place.kind === 'folder' && !(await isRepository(place.path)))
    throw errors.repositoryMissing({ path: place.path });
  return resticAt(machine, place, access.password, args, call, options);
}

export async function resticAt(
  machine: Machine,
  place: Place,
  password: string,
  args: readonly string[],
  call: Pick<Call, 'signal'>,
  options: ResticOptions = {},
): Promise<Message[]> {
  if (/[\n\r\0]/.test(password)) throw errors.badInput({ verb: 'backup', issues: 'a password of one line' });
  const path = nameOf(place);
  const messages: Message[] = [];
  const words: string[] = [];
  const onLine = (line: string) => {
    const message = parseLine(line);
    if (message === undefined) words.push(line.slice(0, 500));
    else if (options.onMessage) options.onMessage(message);
    else messages.push(message);
  };
  const attemptOnce = () =>
    enclosed(machine, place, ['--json', ...args], {
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
    await enclosed(machine, place, ['unlock'], limits);
    messages.length = 0;
    result = await attemptOnce();
  }
  if (result.code !== 0 && options.allowed?.includes(result.code) !== true) throw repositoryError(path, result);
  return messages;
}

/** restic without a network, on a machine that is read-only but for the repository, its cache and its scratch folder. */
async function enclosed(
  { layout, config }: Machine,
  place: Place,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const writable = [layout.resticCache, layout.restores];
  const run = (seenAt: string, where: readonly string[], more: Partial<RunOptions>): Promise<RunResult> => {
    const enclosure = ['perl', '-e', enclosureScript, '--', machineName(), seenAt, ...writable, '--'];
    const program = ['restic', ...where, '--cache-dir', layout.resticCache, ...args];
    return attempt('unshare', ['--net', ...enclosure, ...program], { ...options, ...more });
  };
  await Promise.all(writable.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  if (place.kind === 'served') {
    const environment = { ...options.environment, ...relayEnvironment };
    return run('', ['--repo', `rclone:${place.path}`, ...relayOptions(config.user)], { environment });
  }
  await mkdir(layout.repository, { recursive: true, mode: 0o700 });
  const repository = openBeneath('/', place.path);
  try {
    return await run(layout.repository, ['--repo', layout.repository], { descriptors: [repository] });
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

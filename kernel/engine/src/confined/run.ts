/**
 * Runs the process of a confined plugin for a kernel that may not start one itself. Nothing of it is the kernel's to say:
 * the program is of the engine's own release, the ids of its own block; what goes over the socket is handed on unread.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { arch } from 'node:os';
import { join } from 'node:path';
import { confinedCommand, type EngineConfig } from '@hearth/contract';
import type { Call } from '../host/machine.ts';

/** Ids of block 1, beyond those that rebuild images. */
const firstId = 1000;

/** Resolves with how it ended. Progress is 0 when the socket is there, then the id of the process. */
export async function runConfined(config: EngineConfig, slot: number, call: Call): Promise<{ how: string }> {
  const folder = join(config.run, 'confined');
  await mkdir(folder, { recursive: true, mode: 0o711 });
  await chmod(folder, 0o711);
  const path = join(folder, `${slot}.sock`);
  const socket = await oneConnection(path, config.user, call);
  const id = config.ids.first + firstId + slot;
  const [program, words] = confinedCommand({
    runtime: config.runtime,
    user: id,
    group: id,
    machine: arch() === 'arm64' ? 'aarch64' : 'x86_64',
  });
  const child = spawn(program, words, { cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, stdio: 'pipe' });
  const kill = (): void => void child.kill('SIGKILL');
  call.signal.addEventListener('abort', kill, { once: true });
  socket.on('error', kill).on('close', kill);
  child.stdin.on('error', kill);
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
  // As if all were done: such news is never left out.
  if (child.pid !== undefined) call.progress(child.pid, child.pid);
  try {
    return { how: await ending(child) };
  } finally {
    call.signal.removeEventListener('abort', kill);
    socket.destroy();
  }
}

/** The first that comes, and no other. */
async function oneConnection(path: string, user: EngineConfig['user'], call: Call): Promise<Socket> {
  await rm(path, { force: true });
  const server = createServer();
  const came = new Promise<Socket>((resolve, reject) => {
    server.once('connection', resolve).once('error', reject);
    call.signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')), { once: true });
  });
  came.catch(() => undefined);
  try {
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await chmod(path, 0o600);
    await chown(path, user.uid, user.gid);
    call.progress(0, null);
    return await came;
  } finally {
    server.close();
    await rm(path, { force: true });
  }
}

function ending(child: ChildProcess): Promise<string> {
  let last = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-2000)));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      const line = last.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
      const how = signal === null ? `with code ${code ?? 0}` : `by ${signal}`;
      resolve(line === '' ? `it ended ${how}` : `it ended ${how}: ${line}`);
    });
  });
}

/** Serves the engine port on a unix socket that only the kernel's user may open. */
import { chmodSync, chownSync, rmSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import type { EngineConfig, EngineEventMap } from '@hearth/contract';
import { type Run, type Session, serveSession } from './session.ts';

export interface EngineServer {
  tell<K extends keyof EngineEventMap>(event: K, value: EngineEventMap[K]): void;
  /** Takes no more connections, cancels what is at work and waits until it is undone. */
  close(): Promise<void>;
}

export async function serve(
  path: string,
  user: EngineConfig['user'],
  run: Run,
  log: (error: unknown, verb: string) => void,
): Promise<EngineServer> {
  // Of one that is gone: see predecessorGone.
  rmSync(path, { force: true });
  const sessions = new Set<Session>();
  let closing = false;
  const server = createServer((socket) => {
    // Hung up on, not refused: the next engine sees that we are still at work.
    if (closing) return void socket.destroy();
    const session = serveSession(socket, run, log);
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  });
  await listen(server, path);
  chownSync(path, user.uid, user.gid);
  return {
    tell: (event, value) => {
      for (const session of sessions) session.send({ event, value });
    },
    close: async () => {
      closing = true;
      await Promise.all([...sessions].map((session) => session.close()));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Nobody can connect between the making of the socket and the change of its mode: the mask is narrow meanwhile. */
function listen(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  }).finally(() => {
    process.umask(mask);
    chmodSync(path, 0o600);
  });
}

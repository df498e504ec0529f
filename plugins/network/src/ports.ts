import { createServer } from 'node:net';

/**
 * The first of the ports that another program listens on; null if none, or if that cannot be told (a port below 1024
 * is not ours to try).
 */
export async function takenPort(ports: readonly number[]): Promise<number | null> {
  for (const port of ports) if (await isTaken(port)) return port;
  return null;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE'));
    // Every address, as the proxy wants it.
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(false)));
  });
}

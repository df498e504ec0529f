/** One JSON document per line, both ways, bounded. */
import type { Socket } from 'node:net';

/** A line longer than this ends the connection. */
export const lineLimit = 8 * 1024 * 1024;

/** Calls `take` with each whole line until the other side ends. */
export function readLines(socket: Socket, take: (line: string) => void): void {
  let rest: Buffer[] = [];
  let size = 0;
  socket.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let newline = chunk.indexOf(0x0a); newline >= 0; newline = chunk.indexOf(0x0a, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, newline)]).toString('utf8');
      rest = [];
      size = 0;
      from = newline + 1;
      if (line !== '') take(line);
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > lineLimit) socket.destroy();
  });
}

export function writeLine(socket: Socket, message: unknown): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}

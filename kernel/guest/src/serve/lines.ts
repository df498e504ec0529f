/** One JSON document per line, both ways, with a bound on how long a line may grow. */
import type { Socket } from 'node:net';

const longestLine = 64 * 1024 * 1024;

export function readLines(socket: Socket, hear: (message: unknown) => void): void {
  let pieces: Buffer[] = [];
  let size = 0;
  socket.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      pieces.push(chunk.subarray(from, at));
      const line = Buffer.concat(pieces).toString('utf8');
      pieces = [];
      size = 0;
      from = at + 1;
      const message = parsed(line);
      if (message !== undefined) hear(message);
    }
    pieces.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > longestLine) socket.destroy(new Error('A line is too long'));
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A line cut off by a dying host: the next hello makes up for it.
    return undefined;
  }
}

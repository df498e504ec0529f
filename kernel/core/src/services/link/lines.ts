/** JSON documents, one per line, over a stream: bounded, and no faster than they are worked off. */
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

export const maximumLine = 16 * 1024 * 1024;

/** Characters of lines not yet whole, over all connections that share it. */
export interface Room {
  left: number;
}

/**
 * Calls for each complete line that is a JSON object. A line that is too long or no JSON ends the connection: who sends
 * it is broken, and nothing after it could be trusted to be a line.
 */
export function readLines(
  socket: Socket,
  onDocument: (document: Record<string, unknown>) => void,
  room: Room = { left: maximumLine },
): void {
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  let length = 0;
  socket.on('close', () => {
    room.left += length;
    length = 0;
  });
  socket.on('data', (bytes: Buffer) => {
    const pieces = decoder.write(bytes).split('\n');
    for (const [place, piece] of pieces.entries()) {
      length += piece.length;
      room.left -= piece.length;
      if (length > maximumLine || room.left < 0) return void socket.destroy();
      rest.push(piece);
      if (place === pieces.length - 1) break;
      const line = rest.join('');
      rest = [];
      room.left += length;
      length = 0;
      if (line.trim() === '') continue;
      const document = parse(line);
      if (document === null) return void socket.destroy();
      onDocument(document);
    }
  });
}

export function writeLine(socket: Socket, document: object): void {
  if (socket.writable) socket.write(`${JSON.stringify(document)}\n`);
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** One line of a service's log. */

export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly source: string;
  readonly text: string;
}

const longest = 16_384;

/** `{"t":ms,"s":"source","m":"text"}`, or plain text, which gets the file's name as source and its time of change. */
export function parseLine(line: string, fallback: { readonly source: string; readonly time: number }): LogEntry {
  if (line.startsWith('{')) {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null && 'm' in value && typeof value.m === 'string') {
        const time = 't' in value && typeof value.t === 'number' && Number.isFinite(value.t) ? value.t : fallback.time;
        const source = 's' in value && typeof value.s === 'string' ? value.s.slice(0, 128) : fallback.source;
        return { time, source, text: value.m.slice(0, longest) };
      }
    } catch {
      // Plain text that begins with a brace.
    }
  }
  return { ...fallback, text: line.slice(0, longest) };
}

/**
 * The log: JSON lines on standard output, one child per owner, secrets taken out by name. The only importer of pino.
 *
 * Levels: error, a person should look; warn, degraded; info, something changed; debug, the rest.
 */
import type { Log } from '@hearth/contract';
import { destination, type Logger, pino } from 'pino';

export const logLevels = ['error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Keys whose values never reach a log, whatever stands around the word: `newPassword`, `X-Hearth-Token`. */
const secretKey =
  /password|passphrase|secret|token|cookie|authorization|credential|(private|api|access)_?key|mnemonic|^code$|^key$|^pin$/i;
const deepest = 6;

/** A copy without secrets, bounded in depth; errors become their code and message. */
export function redact(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return redactError(value, depth);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= deepest) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      secretKey.test(key) && item !== null && typeof item !== 'boolean' ? '[redacted]' : redact(item, depth + 1),
    ]),
  );
}

function redactError(error: Error, depth: number): unknown {
  const { code, data } = error as { code?: unknown; data?: unknown };
  return {
    type: error.name,
    // The word `code` is a secret elsewhere (the one-time code); an error's own is what one looks for.
    ...(code === undefined ? {} : { errorCode: code }),
    message: error.message,
    ...(data === undefined ? {} : { data: redact(data, depth + 1) }),
    stack: error.stack,
    ...(error.cause === undefined || depth >= deepest ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}

export interface Recent {
  write(line: string): void;
  /** The latest last. */
  readonly lines: readonly string[];
}

/** Writes to standard output, and keeps the last lines for whoever asks what happened. */
export function rememberRecent(most = 400, longest = 4000): Recent {
  const out = destination({ fd: 1, sync: true });
  const lines: string[] = [];
  return {
    lines,
    write(line) {
      out.write(line);
      if (lines.push(line.slice(0, longest).trimEnd()) > most) lines.shift();
    },
  };
}

/** `write` takes whole lines; standard output unless told. */
export function createLog(level: LogLevel, write?: (line: string) => void): Log {
  const root = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (data) => redact(data) as Record<string, unknown>,
        bindings: (bindings) => redact(bindings) as Record<string, unknown>,
      },
      serializers: { err: (value: unknown) => value },
    },
    write === undefined ? destination({ fd: 1, sync: true }) : { write },
  );
  return wrap(root);
}

function wrap(logger: Logger): Log {
  return {
    error: (data, message) => logger.error(data, message),
    warn: (data, message) => logger.warn(data, message),
    info: (data, message) => logger.info(data, message),
    debug: (data, message) => logger.debug(data, message),
    child: (data) => wrap(logger.child(redact(data) as Record<string, unknown>)),
  };
}

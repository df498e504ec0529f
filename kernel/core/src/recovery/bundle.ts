/**
 * The support bundle: what somebody who is to help needs to see, and nothing that would let him in.
 *
 * The public state alone, without what people typed into forms; keys that sound secret are blanked wherever they stand,
 * and so is every text that looks like a key, a token or a password, also within lines of the log.
 */
import { freemem, loadavg, release, totalmem, uptime } from 'node:os';
import type { KernelConfig } from '../config.ts';
import { redact } from '../log.ts';
import type { Store } from '../state/store.ts';

export interface BundleParts {
  readonly version: string;
  readonly config: KernelConfig;
  readonly store: Store;
  /** Lines of the log since the start, the latest last. */
  readonly recent: () => readonly string[];
  readonly now: () => number;
}

/** Parts of the state that hold what the owner typed, or that say nothing. */
const leftOut = new Set(['tasks', 'input', 'value', 'prefill']);
const historyRows = 300;

/** Plain JSON data. */
export async function makeBundle(parts: BundleParts): Promise<Record<string, unknown>> {
  const { value, rev, epoch } = parts.store.snapshot();
  const rows = await parts.store.history({ limit: historyRows }).catch(() => []);
  const bundle = {
    format: 1,
    at: new Date(parts.now()).toISOString(),
    hearth: { version: parts.version, config: parts.config, epoch, rev, memory: process.memoryUsage() },
    machine: {
      kernel: release(),
      architecture: process.arch,
      node: process.version,
      uptime: Math.round(uptime()),
      load: loadavg(),
      memory: { total: totalmem(), free: freemem() },
    },
    state: value,
    history: rows.map(({ seq, at, slice, reason, by, ops }) => ({
      ...{ seq, at: new Date(at).toISOString(), slice, reason, by: by ?? null },
      paths: ops.slice(0, 20).map(([path]) => path.join('/')),
    })),
    log: parts.recent(),
  };
  return scrub(redact(bundle, -6)) as Record<string, unknown>;
}

const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[private key]'],
  // Halves of sessions, and tokens of programs.
  [/\b[\w-]{16}\.[\w-]{43}(?![\w-])/g, '[token]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/(:\/\/[^\s/:@]+:)[^\s/@]+@/g, '$1[redacted]@'],
  [/\$argon2\w+\$[^\s"']+/g, '[password hash]'],
  [
    /(["']?\w*(?:password|passphrase|passwd|secret|token|(?:private|api|access)_?key|authorization|cookie|mnemonic)\w*["']?\s*[=:]\s*)(\\?["'])?(?!\[redacted\])[^\s"',;&}\\]+/gi,
    '$1$2[redacted]',
  ],
];

/** A copy in which no text looks like a secret. */
export function scrub(value: unknown): unknown {
  if (typeof value === 'string') return secrets.reduce((text, [pattern, put]) => text.replace(pattern, put), value);
  if (Array.isArray(value)) return value.map(scrub);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, leftOut.has(key) && isBranch(item) ? '[left out]' : scrub(item)]),
  );
}

function isBranch(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** What both halves of `child_process` read of their options. */
export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Record<string, unknown>;
  readonly stdio?: string | readonly unknown[];
  readonly shell?: boolean | string;
  readonly signal?: AbortSignal;
  readonly timeout?: number;
  readonly killSignal?: string | number;
  readonly encoding?: string | null;
  readonly maxBuffer?: number;
  readonly input?: string | Uint8Array;
}

const signalNumbers: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  12: 'SIGUSR2',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** Null for what is no signal. */
export function signalName(signal: string | number): string | null {
  const name = typeof signal === 'number' ? (signalNumbers[signal] ?? null) : signal;
  return name !== null && /^SIG[A-Z0-9]+$/.test(name) ? name : null;
}

/** `pipe`, `inherit` or `ignore`, for each of the three. */
export function stdioOf(stdio: SpawnOptions['stdio']): string[] {
  const wanted = typeof stdio === 'string' ? [stdio, stdio, stdio] : [...(stdio ?? [])];
  return [0, 1, 2].map((at) => {
    const mode = wanted[at] ?? 'pipe';
    if (mode === 'overlapped') return 'pipe';
    return mode === 'ignore' || mode === 'pipe' ? mode : 'inherit';
  });
}

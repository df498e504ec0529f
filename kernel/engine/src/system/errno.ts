/** The code of a failed system call or of one of our errors. */

/** Not by `instanceof`: errors of the runtime may belong to another realm. */
export function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

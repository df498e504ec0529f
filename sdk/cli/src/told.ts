/** An error that was told already: the command ends with its code and says no more. */
export class Told extends Error {
  readonly code: number;

  constructor(cause: unknown, code = 1) {
    super('told', { cause });
    this.code = code;
  }
}

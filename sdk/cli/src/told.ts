/** An error that was told already: the command ends with 1 and says no more. */
export class Told extends Error {
  constructor(cause: unknown) {
    super('told', { cause });
  }
}

/** What a daemon runs, and how much of the machine it may take. */

/** The image's own command; `fromImage()` makes it. */
export interface ImageCommand {
  /** Arguments for the entry point; null: those of the image. */
  readonly fromImage: readonly string[] | null;
}

/**
 * The entry point of the image with these arguments, or, without any, with the image's own: for images made elsewhere.
 */
export function fromImage(...given: readonly string[]): ImageCommand {
  return { fromImage: given.length === 0 ? null : given };
}

/** Held by the kernel for the program and what it starts. */
export interface Limits {
  /** Files and sockets open at once; what the container has unless told. */
  readonly openFiles?: number;
  /** Bytes of address space, which programs reserve far more of than they use. No limit unless told. */
  readonly addressSpace?: number;
  /** 0 to 19: how far it stands back when the processor is short. 0 unless told. */
  readonly niceness?: number;
}

/**
 * The command under its limits. They are set by the shell and by `nice` of the image, just before the program takes their
 * place; a limit that cannot be set keeps the program from starting.
 */
export function limited(command: readonly string[], { openFiles, addressSpace, niceness }: Limits): readonly string[] {
  const lines = [
    ...(openFiles === undefined ? [] : [`ulimit -n ${whole(openFiles)}`]),
    ...(addressSpace === undefined ? [] : [`ulimit -v ${whole(Math.ceil(addressSpace / 1024))}`]),
  ];
  const nice = niceness === undefined ? '' : `nice -n ${whole(niceness)} `;
  if (lines.length === 0 && nice === '') return command;
  return ['sh', '-ec', [...lines, `exec ${nice}"$@"`].join('\n'), 'sh', ...command];
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${value} is not a limit: it must be a whole number`);
  return value;
}

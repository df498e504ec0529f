/** How a source becomes an image, and what is known of it. */
import { createHash } from 'node:crypto';
import type { PackContext } from './events.ts';
import { epoch } from './squash.ts';

/** What an image says of itself; a recipe may say otherwise. */
export interface ImageDefaults {
  readonly user?: string;
  readonly workdir?: string;
  readonly entrypoint?: readonly string[] | null;
  readonly cmd?: readonly string[] | null;
  readonly env?: Readonly<Record<string, string>>;
}

/** How a source becomes an image. */
export interface Plan {
  /** The same for the same content: what was built under it is used again. */
  readonly key: string;
  /** Writes the squashfs; `work` is a folder that goes afterwards. */
  build(destination: string, work: string): Promise<ImageDefaults>;
}

export interface Workshop {
  /** Of the recipe. */
  readonly folder: string;
  /** `x86_64`, `aarch64`. */
  readonly architecture: string;
  /** Folder of built images. */
  readonly cache: string;
  readonly context: PackContext;
  /** Of the image that is built, for people. */
  readonly name: string;
}

/** Counted up when the way of building changes what comes out. */
const builder = 3;

/** Of whatever an image is made from; files by their content. */
export function keyOf(...parts: readonly unknown[]): string {
  const made = JSON.stringify([builder, epoch, ...parts]);
  return createHash('sha256').update(made).digest('hex').slice(0, 32);
}

/**
 * Snapshots of the whole state, as files beside the journal: what there is to go back to when the state itself is what
 * is broken. They hold private parts too, and are for Hearth's own user alone.
 */
import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { decode, encode } from '../state/codec.ts';
import { errors } from './errors.ts';

/** Time and occasion: `20261123T071500Z-daily`. */
export const snapshotName = z.string().regex(/^\d{8}T\d{6}Z-[a-z]{1,20}$/);
export type Occasion = 'asked' | 'daily' | 'update' | 'restore';

export interface SnapshotFile {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly occasion: string;
  /** On the disk. */
  readonly bytes: number;
}

export interface SnapshotContent {
  readonly at: number;
  /** The release that took it. */
  readonly version: string;
  readonly seq: number;
  readonly slices: ReadonlyMap<string, unknown>;
}

/** A small state is a few kilobytes; nothing that is read back may be much more than a large one. */
const largest = 256 << 20;
const kept = 14;
const hashBytes = 32;
const stored = z.object({
  format: z.literal(1),
  at: z.number(),
  version: z.string(),
  seq: z.number().int().nonnegative(),
  slices: z.record(z.string(), z.unknown()),
});
const pack = promisify(gzip);
const unpack = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

/** `folder` exists, 0700. */
export class Snapshots {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The latest first. */
  async list(): Promise<readonly SnapshotFile[]> {
    const names = (await readdir(this.#folder)).map((file) => file.replace(/\.state$/, '')).filter(isName);
    const rows = await Promise.all(
      names.map(async (name) => {
        const { size } = await stat(this.#path(name));
        const [when = '', occasion = ''] = name.split('-');
        return { name, at: Date.parse(when.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:')), occasion, bytes: size };
      }),
    );
    return rows.sort((one, other) => other.at - one.at || (one.name < other.name ? 1 : -1));
  }

  /** On the disk when it resolves; older ones go. @returns its name */
  async take(occasion: Occasion, content: SnapshotContent): Promise<string> {
    const { at, version, seq, slices } = content;
    const when = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const name = `${when}-${occasion}`;
    const body = await pack(encode({ format: 1, at, version, seq, slices: Object.fromEntries(slices) }));
    const path = this.#path(name);
    const file = await open(`${path}.part`, 'w', 0o600);
    try {
      await file.writeFile(Buffer.concat([createHash('sha256').update(body).digest(), body]));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
    for (const { name: old } of (await this.list()).slice(kept)) await rm(this.#path(old), { force: true });
    return name;
  }

  /** Throws `recovery.noSnapshot`, `recovery.snapshotDamaged`. */
  async read(name: string): Promise<SnapshotContent> {
    if (!isName(name)) throw errors.noSnapshot({ snapshot: name });
    const bytes = await readFile(this.#path(name)).catch((cause: unknown) => {
      throw errors.noSnapshot({ snapshot: name }, cause);
    });
    const [hash, body] = [bytes.subarray(0, hashBytes), bytes.subarray(hashBytes)];
    if (!createHash('sha256').update(body).digest().equals(hash)) throw errors.snapshotDamaged({ snapshot: name });
    try {
      const { slices, ...rest } = stored.parse(decode(await unpack(body, { maxOutputLength: largest })));
      return { ...rest, slices: new Map(Object.entries(slices)) };
    } catch (cause) {
      throw errors.snapshotDamaged({ snapshot: name }, cause);
    }
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.state`);
  }
}

function isName(name: string): boolean {
  return snapshotName.safeParse(name).success;
}

/**
 * Places for backups that plugins bring: a kind of place, with a form for what it needs to know, and a store of blobs that
 * is opened from what was filled in. All a store sees is what restic writes: encrypted, named by its own hash.
 */
import { z } from 'zod';
import { id } from './ids.ts';
import { form, type Form, type FormValues } from './form.ts';
import { serviceRef } from './refs.ts';

export const blobType = z.enum(['data', 'keys', 'locks', 'snapshots', 'index', 'config']);
export type BlobType = z.infer<typeof blobType>;

/** 64 hexadecimal digits; the one blob of type `config` is called `config`. */
export const blobName = z.string().regex(/^([0-9a-f]{64}|config)$/);

export interface Blob {
  readonly type: BlobType;
  readonly name: string;
}

export const blobInfo = z.strictObject({ name: blobName, size: z.number().int().nonnegative() });
export type BlobInfo = z.infer<typeof blobInfo>;

/** Bytes of one blob: restic's packs have about 16 MB, and never more than 128 MiB and what stands at their end. */
export const largestBlob = 160 * 1024 * 1024;

/**
 * All may throw; what is thrown is told to the owner. Several are under way at the same time. Writing is over when the
 * blob is kept for good; a blob that is half written must not be seen by `list`, `size` and `read`.
 */
export interface BackupStore {
  /** Every blob of the type, in any order. */
  list(type: BlobType, signal: AbortSignal): AsyncIterable<BlobInfo>;
  /** Bytes; null for one that is not there. */
  size(blob: Blob, signal: AbortSignal): Promise<number | null>;
  /**
   * From `offset`, `length` bytes or (null) all that follow; null for a blob that is not there. `size`: bytes to come, or
   * null where that is not known.
   */
  read(
    blob: Blob,
    range: { readonly offset: number; readonly length: number | null },
    signal: AbortSignal,
  ): Promise<{ readonly size: number | null; readonly content: AsyncIterable<Uint8Array> } | null>;
  /** Takes `content` as fast as it can keep it. */
  write(blob: Blob, size: number, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Safe to repeat. */
  remove(blob: Blob, signal: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}

/** `sftp`; of a confined plugin `<plugin>.<name>`. */
export const backupKindId = z.union([
  id,
  z
    .string()
    .max(82)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$/),
]);

export const backupKindFacts = z.object({
  id: backupKindId,
  /** As it stands in a list to choose from: `A WebDAV server`. */
  name: z.string().min(1).max(60),
  /** One sentence for the owner. */
  about: z.string().min(3).max(300),
  form,
});
export type BackupKindFacts = z.infer<typeof backupKindFacts>;

export interface BackupTargetKind extends BackupKindFacts {
  readonly form: Form;
  /** The values were checked by the form; secrets are among them. */
  open(values: FormValues, signal: AbortSignal): Promise<BackupStore>;
}

export interface BackupTargets {
  /** Offers a kind of place, from `start` on; whoever stops takes his back. One offered again stands in for the one before. */
  offer(kind: BackupTargetKind): void;
  /**
   * Takes a kind back, or tells why it is not offered, in words that go after "because": whatever uses such a place ends at
   * once. `soon`: it is about to be offered again, and whoever wants to use it waits a while.
   */
  takeBack(kind: string, reason: string, soon: boolean): void;
}

/** Provided by the plugin for backups. */
export const backupTargetsRef = serviceRef<BackupTargets>('backupTargets');

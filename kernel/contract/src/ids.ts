/** The names that come from outside and become parts of paths, container names and host names. */
import { z } from 'zod';

/** Package, image, volume, interface and action ids: lower case words joined by single hyphens. */
export const id = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower case letters and digits, words joined by single hyphens');
export const packageId = id.max(40);
export const imageId = id;
/** Volumes may also be called BACKUP (a reserved word of the package ABI). */
export const volumeId = z.union([id, z.literal('BACKUP')]);
/** Ids that packages choose freely (health checks, replay ids, hosts): printable, bounded, never used in a path. */
export const freeId = z.string().min(1).max(256);
export const guid = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);
/** Milliseconds since 1970-01-01T00:00:00Z. */
export const instant = z.number().int().nonnegative();
/** A relative path of plain names: no `..`, no leading slash, no NUL. Symbolic links are refused where it is walked. */
export const relativePath = z
  .string()
  .max(4096)
  .refine((path) => !path.includes('\0') && !path.split('/').includes('..') && !path.startsWith('/'), {
    message: 'a relative path without ".."',
  });

/** Files people sent by POST /upload: one folder in staging, one file per upload, named by a random id. */
import { join } from 'node:path';
import { z } from 'zod';

/** What POST /upload answers and `package.sideload` takes. */
export const uploadId = z.string().regex(/^[0-9a-f]{32}$/);

/** The complete file of an upload; `id` must have been parsed by `uploadId`. */
export function uploadPath(staging: string, id: string): string {
  return join(uploadFolder(staging), id);
}

export function uploadFolder(staging: string): string {
  return join(staging, 'uploads');
}

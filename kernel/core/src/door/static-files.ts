/**
 * The built web interface: a list of files made at start, so that no path from outside ever meets the file system.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface StaticFile {
  readonly type: string;
  readonly etag: string;
  /** Its name changes with its content. */
  readonly immutable: boolean;
  readonly bytes: Buffer;
  readonly zipped: Buffer | null;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};
const zip = promisify(gzip);

/** Every file beneath `folder` by its URL path; none if the folder is not there. Kinds not listed above are left out. */
export async function readStaticFiles(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, StaticFile>();
  for (const entry of entries) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    const zipped = /^(text|image\/svg|application)/.test(type) && bytes.length > 1024 ? await zip(bytes) : null;
    files.set(`/${relative(folder, path)}`, {
      type,
      bytes,
      zipped,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      immutable: /-[A-Z0-9]{8}\.\w+$/.test(entry.name),
    });
  }
  return files;
}

/** The file for a path; the start page for the UI's own routes (no dot in the last part). */
export function findStaticFile(files: ReadonlyMap<string, StaticFile>, path: string): StaticFile | undefined {
  const exact = path === '/' ? undefined : files.get(path);
  if (exact !== undefined) return exact;
  return /\.[^/]*$/.test(path) ? undefined : files.get('/index.html');
}

/** Files of a plugin's page, and what keeps the page in its frame. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

export interface PanelFile {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Null for kinds not listed above. `version` names what the file belongs to. */
export async function readPanelFile(path: string, version: string): Promise<PanelFile | null> {
  const type = types[extname(path)];
  if (type === undefined) return null;
  return { type, etag: `"${version.slice(0, 22)}"`, bytes: await readFile(path) };
}

/**
 * For everything beneath `/panel/<id>/`. `sandbox` gives it an origin nobody shares, also where it is opened by itself: it
 * has no cookie, no storage, no session. It may load its own files and send nothing anywhere; all it has is the port its
 * frame was given. `origin` is the server's, as the browser names it.
 */
export function panelHeaders(origin: string, id: string): Record<string, string> {
  const own = `${origin}/panel/${id}/`;
  return {
    'Content-Security-Policy': [
      'sandbox allow-scripts',
      "default-src 'none'",
      `script-src ${own}`,
      `style-src ${own} 'unsafe-inline'`,
      `img-src ${own} data:`,
      `font-src ${own}`,
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors ${origin}`,
      "webrtc 'block'",
    ].join('; '),
    // Its own scripts and styles are another origin's to it.
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Access-Control-Allow-Origin': '*',
    'X-Frame-Options': 'SAMEORIGIN',
    'X-DNS-Prefetch-Control': 'off',
    'Cache-Control': 'no-cache',
  };
}

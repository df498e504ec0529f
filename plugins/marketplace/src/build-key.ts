/** The key this server signs with what it builds itself. Made once; nobody else has it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKey, hex, keyFromPem, keyToPem } from '@hearth/s9pk';

export interface BuildKey {
  /** PKCS#8 PEM, mode 0600. */
  readonly path: string;
  /** Hex. */
  readonly publicKey: string;
}

export async function ensureBuildKey(folder: string): Promise<BuildKey> {
  const path = join(folder, 'build-key.pem');
  await writeFile(path, keyToPem(generateKey()), { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
  });
  return { path, publicKey: hex(keyFromPem(await readFile(path, 'utf8')).publicKey) };
}

/** Signing keys: Ed25519, PKCS#8 PEM, for their owner's eyes only. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generateKey, keyFromPem, keyToPem, type SigningKey } from '@hearth/s9pk';

export async function readKey(path: string): Promise<SigningKey> {
  return keyFromPem(await readFile(path, 'utf8'));
}

/** Reads the key, or makes one where there is none. Two that race end with the same key. */
export async function readOrMakeKey(path: string): Promise<SigningKey> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, keyToPem(generateKey()), { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
  });
  await chmod(path, 0o600);
  return readKey(path);
}

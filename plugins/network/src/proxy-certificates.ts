/**
 * The certificates nginx serves, as files: one per set of names, key and chain together, mode 0600.
 *
 * The file's name changes with the certificate, so that a renewal changes the configuration, and thereby is loaded.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Authority } from './authority/authority.ts';
import { isGood, issueLeaf } from './authority/leaf.ts';
import { readIfThere, writeWhole } from './files.ts';

export interface ProxyCertificates {
  /** Path of a PEM file with key, leaf and intermediate; made, or made anew, if need be. */
  ensure(hostnames: readonly string[]): Promise<string>;
  /** Removes all files but these; call when nginx uses nothing else any more. */
  sweep(keep: ReadonlySet<string>): Promise<void>;
}

export function createProxyCertificates(
  folder: string,
  authority: () => Authority,
  now: () => number,
): ProxyCertificates {
  return {
    async ensure(hostnames) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const set = digest(hostnames.join('\n'));
      for (const name of await readdir(folder)) {
        if (!name.startsWith(`${set}-`) || !name.endsWith('.pem')) continue;
        const path = join(folder, name);
        const leaf = firstCertificate((await readIfThere(path)) ?? '');
        if (await isGood(authority(), leaf, now())) return path;
      }
      const { certificate, key } = await issueLeaf(authority(), hostnames, 'ecdsa', now());
      const path = join(folder, `${set}-${digest(certificate)}.pem`);
      await writeWhole(path, [key, certificate, authority().intermediate.toString('pem'), ''].join('\n'));
      return path;
    },

    async sweep(keep) {
      const unused = (await readdir(folder)).map((name) => join(folder, name)).filter((path) => !keep.has(path));
      await Promise.all(unused.map((path) => rm(path, { force: true })));
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function firstCertificate(pem: string): string {
  return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0] ?? '';
}

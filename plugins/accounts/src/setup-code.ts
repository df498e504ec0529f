/** The one-time code that proves that whoever sets the server up can see its console. */
import { randomInt, timingSafeEqual } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Without letters and digits that are taken for one another. 12 of them: 59 bits. */
const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const length = 12;

const fileOf = (run: string) => join(run, 'setup-code');

/** The code of this boot, made if there is none yet: `ABCD-EFGH-JKMN`. Only root and Hearth itself can read the file. */
export async function prepareCode(run: string): Promise<string> {
  const known = await readFile(fileOf(run), 'utf8').catch(() => '');
  if (/^([A-Z2-9]{4}-){2}[A-Z2-9]{4}$/.test(known)) return known;
  const letters = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
  const code = letters.replaceAll(/(.{4})(?=.)/g, '$1-');
  await rm(fileOf(run), { force: true });
  await writeFile(fileOf(run), code, { mode: 0o600, flag: 'wx' });
  return code;
}

export async function forgetCode(run: string): Promise<void> {
  await rm(fileOf(run), { force: true });
}

/** Case, hyphens and spaces do not matter. */
export function sameCode(given: string, wanted: string): boolean {
  const plain = (code: string) =>
    Buffer.from(
      code
        .toUpperCase()
        .replaceAll(/[^A-Z0-9]/g, '')
        .slice(0, 64),
    );
  const [a, b] = [plain(given), plain(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

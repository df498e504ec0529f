/** The one-time code that proves whoever sets the server up has seen its console. */
import { randomInt, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Without letters and digits that look like others: about 40 bits, and every guess is throttled. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** `K7QM-2XPA`. */
function newSetupCode(): string {
  const letters = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)] ?? '');
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

/** As people type it: small letters, spaces and a missing hyphen are fine. */
export function sameCode(typed: string, code: string): boolean {
  const [one, other] = [typed, code].map((each) => Buffer.from(each.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')));
  return one !== undefined && other !== undefined && one.length === other.length && timingSafeEqual(one, other);
}

/**
 * The code in `file`, put there if there is none: a kernel that is started again asks for the code that was printed. The
 * file is made anew, so that neither a link nor another mode in its place counts.
 */
export async function prepareSetupCode(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const known = (await readFile(file, 'utf8').catch(() => '')).trim();
  const code = /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/.test(known) ? known : newSetupCode();
  await rm(file, { force: true });
  await writeFile(file, `${code}\n`, { mode: 0o600, flag: 'wx' });
  return code;
}

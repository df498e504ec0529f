/**
 * Services of the catalog take minutes each to build and try. Some are tried in every run, all in a deep one, and one
 * of the others in turn: another commit, another service.
 */
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Suites of services that wait for their turn; paths from the root, in order. */
export function waitingServices(): string[] {
  return globSync('distro/catalog/*/*.deep.ts', { cwd: root }).sort();
}

/** How many commits there are; 0 in a tree that is no checkout. */
function commits(): number {
  try {
    const told = execFileSync('git', ['rev-list', '--count', 'HEAD'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(told.toString().trim());
  } catch {
    return 0;
  }
}

/** The suite whose turn it is. */
export function serviceInTurn(suites = waitingServices(), count = commits()): string | null {
  return suites[count % Math.max(1, suites.length)] ?? null;
}

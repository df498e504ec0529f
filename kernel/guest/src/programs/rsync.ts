/** `rsync` as scripts call it, and what its copies between volumes and the backup folder mean. */
import { execFileSync } from 'node:child_process';
import { closeSync, readdirSync } from 'node:fs';
import type { Layout } from '../files/paths.ts';
import type { Paths } from '../files/paths.ts';
import { operand } from './operand.ts';
import { plainEnvironment } from './run.ts';

export interface BackupPair {
  readonly volume: string;
  readonly subpath: string;
  readonly destination: string;
  readonly excludes: string[];
}
export interface BackupPairs {
  readonly pairs: readonly BackupPair[];
}

export interface RsyncForm {
  readonly options: readonly string[];
  readonly excludes: string[];
  readonly source: string;
  readonly destination: string;
}

/** Options that would run something, reach another machine, or read paths of their own. */
const refused =
  /^(-[a-zA-Z]*[eM]|--(rsh|rsync-path|remote-option|daemon|config|files-from|(in|ex)clude-from|password-file|temp-dir|partial-dir|log-file|backup-dir|(compare|copy|link)-dest|write-batch|read-batch|only-write-batch|sockopts|iconv|filter)(=|$))/;

/** Null: not a form there is. */
export function readRsync(args: readonly string[]): RsyncForm | null {
  const options: string[] = [];
  const excludes: string[] = [];
  const paths: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--exclude') excludes.push(args[++at] ?? '');
    else if (arg.startsWith('--exclude=')) excludes.push(arg.slice('--exclude='.length));
    else if (refused.test(arg)) return null;
    else if (arg.startsWith('-') && arg !== '-') options.push(arg);
    else paths.push(arg);
  }
  const [source, destination, more] = paths;
  if (source === undefined || destination === undefined || more !== undefined) return null;
  if (!source.startsWith('/') || !destination.startsWith('/')) return null;
  return { options, excludes, source, destination };
}

const backupRoot = '/media/startos/backup';

function beneathBackup(path: string): string | null {
  if (path !== backupRoot && !path.startsWith(`${backupRoot}/`)) return null;
  return path.slice(backupRoot.length).replaceAll(/^\/+|\/+$/g, '');
}

/** The pair a copy stands for; null for any other copy. */
export function backupPair(form: RsyncForm, paths: Paths): BackupPair | null {
  const from = paths.volumeOf(form.source);
  const destination = beneathBackup(form.destination);
  if (from === null || destination === null) return null;
  return { volume: from.volume, subpath: from.subpath, destination, excludes: form.excludes };
}

/** Whether a folder of the backup holds nothing, or is not there. */
export function isEmptyInBackup(destination: string, layout: Layout): boolean {
  try {
    return readdirSync(`${layout.backup}/${destination}`).length === 0;
  } catch {
    return true;
  }
}

/** Whether a copy brings back what the engine has restored already: nothing lies at its source. */
export function isRestored(form: RsyncForm, paths: Paths, layout: Layout): boolean {
  const source = beneathBackup(form.source);
  return source !== null && paths.volumeOf(form.destination) !== null && isEmptyInBackup(source, layout);
}

/** Makes a copy and waits for it. @throws the error of `execFileSync` where rsync fails */
export function copyNow(form: RsyncForm, paths: Paths, more: readonly string[] = []): void {
  const held: number[] = [];
  try {
    const ends = [form.source, form.destination].map((path) => operand(path, paths, held));
    const excludes = form.excludes.map((pattern) => `--exclude=${pattern}`);
    execFileSync('rsync', [...form.options, ...more, ...excludes, ...ends], {
      env: plainEnvironment,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } finally {
    for (const descriptor of held) closeSync(descriptor);
  }
}

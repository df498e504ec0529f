/** From the argv of an exec to the process it means: user, environment, folder, as the image has them. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Paths } from '../files/paths.ts';
import type { ExecForm, TerminalSize } from './argv.ts';
import type { ProcessPlan } from './bundle.ts';
import { findUser, shellOf } from './users.ts';

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const largestFile = 4 * 1024 * 1024;

export class PlanError extends Error {
  readonly status = 126;
}

/** Small text of the package's own world; null where there is none. */
function readText(paths: Paths, path: string): string | null {
  try {
    const place = paths.place(path, { follow: true, change: false });
    try {
      const descriptor = openSync(place.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        return fstatSync(descriptor).size > largestFile ? null : readFileSync(descriptor, 'utf8');
      } finally {
        closeSync(descriptor);
      }
    } finally {
      place.close();
    }
  } catch {
    return null;
  }
}

export interface TerminalProgram {
  /** Null: the image's shell for root. */
  readonly command: readonly string[] | null;
  readonly user: string | null;
  readonly size: TerminalSize;
}

/** What an image says of itself to whoever comes to look: where to begin, and by which shell. */
export function attachedTo(image: string, root: string, paths: Paths): { workdir: string | null; shell: string } {
  let workdir: string | null = null;
  try {
    const facts = JSON.parse(readText(paths, `/media/startos/images/${image}.json`) ?? '{}') as { workdir?: unknown };
    if (typeof facts.workdir === 'string') ({ workdir } = facts as { workdir: string });
  } catch {
    // An image without facts begins at its root.
  }
  return { workdir, shell: shellOf(readText(paths, `${root}/etc/passwd`)) };
}

export function planProcess(form: ExecForm, paths: Paths): ProcessPlan {
  const root = form.root.replace(/\/+$/, '');
  const wanted = form.user ?? 'root';
  const user = findUser(wanted, readText(paths, `${root}/etc/passwd`), readText(paths, `${root}/etc/group`));
  if (user === null) throw new PlanError(`The image knows no user "${wanted}"`);
  const lines = form.envFile === null ? [] : (readText(paths, form.envFile) ?? '').split('\n');
  const env = new Map<string, string>();
  for (const line of [defaultPath, `HOME=${user.home}`, ...lines, ...form.env]) {
    const at = line.indexOf('=');
    if (at > 0) env.set(line.slice(0, at), line.slice(at + 1));
  }
  return {
    args: form.command,
    env: [...env].map(([name, value]) => `${name}=${value}`),
    cwd: form.cwd?.startsWith('/') === true ? form.cwd : '/',
    user,
    terminal: form.terminal,
  };
}

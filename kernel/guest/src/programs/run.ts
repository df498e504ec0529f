/** A short command of the guest's own: argv, no shell, output kept for the error. */
import { execFile } from 'node:child_process';

export class CommandError extends Error {
  readonly code = 'EIO';
  readonly status: number;

  constructor(file: string, status: number, text: string) {
    super(`${file} failed (${status}): ${text.trim().slice(-500)}`);
    this.status = status;
  }
}

export const plainEnvironment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C' };
const patience = 60_000;

export function run(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: plainEnvironment, cwd: '/', timeout: patience, maxBuffer: 4 * 1024 * 1024 };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new CommandError(file, typeof error.code === 'number' ? error.code : -1, stderr || error.message));
    });
    child.stdin?.end();
  });
}

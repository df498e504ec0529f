/** A short command of the guest's own: argv, no shell, output kept for the error. */
import { execFile, spawn } from 'node:child_process';

export class CommandError extends Error {
  readonly code = 'EIO';
  readonly status: number;

  constructor(file: string, status: number, text: string) {
    super(`${file} failed (${status}): ${text.trim().slice(-500)}`);
    this.status = status;
  }
}

export const plainEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C',
  // Since 2.39 mount(8) calls move_mount, which does not follow the last link of a target, and ours are named by descriptor.
  LIBMOUNT_FORCE_MOUNT2: 'always',
};
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

/** For a command that leaves a process behind: nothing of ours may stay open in it. Answers the exit code. */
export function runDetached(file: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: plainEnvironment, cwd: '/', stdio: 'ignore', timeout: patience });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? -1));
  });
}

/** A whole Hearth for a system test: the launcher as a person starts it, on a slot of its own; `close` takes all of it back. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import type { EngineConfig } from '@hearth/contract';
import { type DiskOptions, mountDisk, unmountDisk } from '../testbed/disk.ts';
import { giveSlot, slotConfig, slotFolders, takeSlot } from '../testbed/slot.ts';
import { sweepSlot } from '../testbed/testbed.ts';

const root = resolve(import.meta.dirname, '../..');

export interface Box {
  readonly config: EngineConfig;
  readonly port: number;
  readonly httpPort: number;
  /** `https://localhost:N`. */
  readonly address: string;
  /** A folder outside the data folder, for backups and other files of the test. */
  readonly scratch: string;
  /** Starts the launcher and resolves with what it printed when it says that it is ready. */
  start(): Promise<string>;
  /** The running launcher. */
  launcher(): ChildProcess;
  /** Ends the launcher alone; services go on. Resolves with its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** The one-time code of the console. */
  setupCode(): string;
  /** A call as root, over the socket only root can open. Rejects with the error's wire form. */
  call<T = any>(method: string, params?: object): Promise<T>;
  /** Process ids by words of the command line; with a service, those in its container alone. */
  pids(words: string, service?: string): number[];
  close(): Promise<void>;
}

export class CallFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** `more`: flags besides those that give the box a place of its own; `disk`: for its data, a file system of its own. */
export async function makeBox(more: readonly string[] = [], disk: DiskOptions | null = null): Promise<Box> {
  const { slot, stale } = takeSlot();
  if (stale) await sweepSlot(slot);
  const ledger = process.env['HEARTH_TEST_LEDGER'];
  if (ledger !== undefined) appendFileSync(ledger, `${slot}\n`);
  const folders = slotFolders(slot);
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o755 });
  // The launcher has its own; these only have to be paths.
  const config = slotConfig(slot, { runtime: '/usr', base: '/usr' });
  // For the sweep of a later run, should this one be killed.
  mkdirSync(folders.run, { recursive: true });
  writeFileSync(join(folders.run, 'engine.json'), JSON.stringify(config), { mode: 0o600 });
  const scratch = join(folders.data, 'scratch');
  mkdirSync(scratch, { recursive: true, mode: 0o755 });
  if (disk !== null) mountDisk(disk, config.data, join(folders.data, 'disk'));
  const [port, httpPort] = [20_000 + slot * 2, 20_001 + slot * 2];
  const where = ['--data', config.data, '--run', config.run];
  const flags = [
    ...where,
    ...['--port', String(port), '--http-port', String(httpPort), '--bridge', config.bridge, '--subnet', config.subnet],
    ...['--lxc-path', config.lxcPath, '--container-prefix', config.containerPrefix],
    ...['--ids', `${config.ids.first}:${config.ids.count}`],
    ...['--backup-folders', scratch],
    ...more,
  ];
  // The launcher refuses keys it does not know: this one is for the tests alone.
  const env = { ...process.env };
  delete env['HEARTH_DEEP'];
  let launcher: ChildProcess | null = null;

  const box: Box = {
    config,
    port,
    httpPort,
    address: `https://localhost:${port}`,
    scratch,
    start: () =>
      new Promise((done, fail) => {
        const child = spawn(process.execPath, [join(root, 'distro/daemon/src/start.ts'), ...flags], {
          cwd: root,
          env,
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        launcher = child;
        let words = '';
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          words += text;
          if (words.includes('Hearth is ready')) setTimeout(() => done(words), 50);
        });
        child.once('exit', (code) => {
          launcher = null;
          fail(new Error(`The launcher ended with code ${code}:\n${words}\n${logs(config)}`));
        });
      }),
    launcher: () => {
      if (launcher === null) throw new Error('The launcher does not run');
      return launcher;
    },
    end: (signal) =>
      new Promise((done) => {
        const child = box.launcher();
        child.removeAllListeners('exit');
        child.once('exit', (code) => done(code));
        child.kill(signal);
        launcher = null;
      }),
    setupCode: () => readFileSync(join(config.run, 'kernel/setup-code'), 'utf8').trim(),
    call: (method, params = {}) => call(join(config.run, 'kernel/admin.sock'), method, params),
    pids: (words, service) =>
      pidsOf('cmdline', words).filter(
        (pid) => service === undefined || pidsOf('cgroup', `${config.containerPrefix}${service}`).includes(pid),
      ),
    async close() {
      if (launcher !== null) await box.end('SIGTERM');
      const code = await new Promise<number | null>((done) => {
        const child = spawn(process.execPath, [join(root, 'distro/daemon/src/stop.ts'), ...where], {
          cwd: root,
          env,
          stdio: 'inherit',
        });
        child.once('exit', done);
      });
      if (code !== 0) throw new Error(`npm stop ended with code ${code}\n${logs(config)}`);
      unmountDisk(config.data);
      for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
      giveSlot(slot);
    },
  };
  return box;
}

/** Hands a folder to the user that the kernel runs as. */
export function giveFolder(path: string, box: Box): string {
  mkdirSync(path, { recursive: true });
  chownSync(path, box.config.user.uid, box.config.user.gid);
  return path;
}

function logs(config: EngineConfig): string {
  return ['kernel', 'engine']
    .map((name) => join(config.data, `log/${name}.log`))
    .filter((file) => existsSync(file))
    .map((file) => `${file}:\n${readFileSync(file, 'utf8').split('\n').slice(-30).join('\n')}`)
    .join('\n');
}

function call<T>(socketPath: string, method: string, params: object): Promise<T> {
  return new Promise((done, fail) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const exchange = request({ socketPath, path: '/rpc/v1', method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const answer = JSON.parse(text) as { result?: T; error?: { message: string; data?: { code?: string } } };
        if (answer.error === undefined) done(answer.result as T);
        else fail(new CallFailure(answer.error.data?.code ?? 'unknown', `${method}: ${answer.error.message}`));
      });
    });
    exchange.on('error', fail);
    exchange.end(body);
  });
}

function pidsOf(file: 'cmdline' | 'cgroup', words: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/${file}`, 'utf8').replaceAll('\0', ' ').includes(words);
      } catch {
        return false;
      }
    })
    .map(Number);
}

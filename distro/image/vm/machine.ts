/** A machine of QEMU without acceleration: it reaches nothing, and is reached on loopback alone. */
import { spawn } from 'node:child_process';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Qmp } from './qmp.ts';
import { Shell } from './shell.ts';

export interface Machine {
  /** Loopback port that leads to the machine's 443. */
  readonly port: number;
  readonly shell: Shell;
  /** What the machine said on its first serial port since it was started. */
  serial(): Promise<string>;
  waitForSerial(words: RegExp, limitMs: number): Promise<RegExpExecArray>;
  /** Presses the power button; resolves with milliseconds when the machine is off. */
  powerOff(limitMs: number): Promise<number>;
  /** Pulls the plug: what the machine had written is there, flushed or not (see write-log.ts). */
  cut(): Promise<void>;
  readonly running: boolean;
}

export interface MachineOptions {
  readonly disk: string;
  /** Keeps sockets and `serial-<name>.log`. */
  readonly folder: string;
  readonly name: string;
  readonly firmware: 'uefi' | 'bios';
  /** With a graphics card; none starts faster. */
  readonly screen?: boolean;
  /** Notes every write to the disk, for `replay` of write-log.ts. */
  readonly writeLog?: string;
}

export async function startMachine(options: MachineOptions): Promise<Machine> {
  const { disk, folder, name, writeLog } = options;
  const port = await freePort();
  const at = (file: string) => join(folder, file);
  const serialLog = at(`serial-${name}.log`);
  for (const file of [serialLog, at('qmp'), at('shell')]) await rm(file, { force: true });
  if (writeLog !== undefined) await writeFile(writeLog, '');
  const child = spawn(
    'qemu-system-x86_64',
    [
      // One processor: with two, QEMU 7.2 loses the race between one that writes code and one that runs it, and nine of
      // ten workers in which V8 compiles WebAssembly end in a trap or a fault; with one, none did.
      ...['-machine', 'q35', '-accel', 'tcg', '-cpu', 'Nehalem', '-smp', '1', '-m', '2048'],
      ...['-nodefaults', '-display', 'none', '-vga', options.screen === true ? 'std' : 'none'],
      ...(options.firmware === 'uefi' ? await uefi(at('efi-variables.fd')) : []),
      ...drive(disk, writeLog),
      ...['-netdev', `user,id=lan,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:443`],
      ...['-device', 'virtio-net-pci,netdev=lan,romfile=', '-device', 'virtio-rng-pci'],
      ...['-chardev', `file,id=first,path=${serialLog}`, '-serial', 'chardev:first'],
      ...['-chardev', `socket,id=second,path=${at('shell')},server=on,wait=off`, '-serial', 'chardev:second'],
      ...['-qmp', `unix:${at('qmp')},server=on,wait=off`],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  const qmp = await Qmp.open(at('qmp')).catch((cause: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`QEMU did not start: ${complaint}`, { cause });
  });
  const shell = await Shell.open(at('shell'));
  const close = () => {
    qmp.close();
    shell.close();
  };
  const serial = () => readFile(serialLog, 'utf8').catch(() => '');

  return {
    port,
    shell,
    serial,
    get running() {
      return !gone();
    },
    async waitForSerial(words, limitMs) {
      for (const until = Date.now() + limitMs; Date.now() < until; await sleep(500)) {
        const found = words.exec(await serial());
        if (found !== null) return found;
        if (gone()) throw new Error(`The machine ended: ${complaint}`);
      }
      throw new Error(`Not on the serial port within ${limitMs / 1000} s: ${String(words)}`);
    },
    async powerOff(limitMs) {
      const began = Date.now();
      await qmp.execute('system_powerdown');
      const late = sleep(limitMs, 'late', { ref: false });
      if ((await Promise.race([ended, late])) === 'late')
        throw new Error(`The machine was not off after ${limitMs / 1000} s`);
      close();
      return Date.now() - began;
    },
    async cut() {
      // Processors first: the log of writes shall have no holes where one was under way.
      await qmp.execute('stop').catch(() => undefined);
      child.kill('SIGKILL');
      await ended;
      close();
    },
  };
}

async function uefi(variables: string): Promise<string[]> {
  await copyFile('/usr/share/OVMF/OVMF_VARS_4M.fd', variables);
  return [
    ...['-drive', 'if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd'],
    ...['-drive', `if=pflash,format=raw,file=${variables}`],
  ];
}

/** A disk with a write cache that says so: the machine flushes what is to last. The host need not: it does not go off. */
function drive(disk: string, writeLog: string | undefined): string[] {
  const file = (id: string, path: string) => [
    '-blockdev',
    JSON.stringify({ driver: 'file', 'node-name': id, filename: path, cache: { 'no-flush': true } }),
  ];
  const layer = (values: object) => ['-blockdev', JSON.stringify(values)];
  return [
    ...file('file', disk),
    ...layer({ driver: 'raw', 'node-name': 'disk', file: 'file' }),
    ...(writeLog === undefined
      ? []
      : [
          ...file('log', writeLog),
          ...layer({
            driver: 'blklogwrites',
            'node-name': 'logged',
            file: 'disk',
            log: 'log',
            'log-sector-size': 512,
          }),
        ]),
    ...['-device', `virtio-blk-pci,drive=${writeLog === undefined ? 'disk' : 'logged'},write-cache=on`],
  ];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** What tests could leave on the machine, found by name. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { slotFolders, slotName } from './slot.ts';

/** Everything on the machine that carries the names of these slots; empty when they are clean. */
export function leftoversOf(slots: readonly number[]): string[] {
  const names = slots.map(slotName);
  const folders = slots.flatMap((slot) => Object.values(slotFolders(slot)));
  const ours = (text: string) => folders.some((folder) => text.includes(`${folder}/`) || text.endsWith(folder));
  return [
    ...readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter(ours)
      .map((line) => `mount: ${line}`),
    ...lines('losetup', ['--list', '--noheadings', '--output', 'NAME,BACK-FILE'])
      .filter(ours)
      .map((line) => `loop: ${line}`),
    ...readdirSync('/sys/class/net')
      .filter((name) => names.some((slot) => name.startsWith(slot)))
      .map((name) => `link: ${name}`),
    ...lines('nft', ['list', 'tables'])
      .filter((line) => names.some((name) => line.endsWith(`hearth_${name}`)))
      .map((line) => `nft: ${line}`),
    ...groups()
      .filter((path) => names.some((name) => path.includes(`.${name}-`)))
      .map((path) => `cgroup: ${path}`),
    ...processes()
      .filter(({ command }) => ours(command))
      .map(({ pid, command }) => `process: ${pid} ${command}`),
    ...folders.filter((folder) => existsSync(folder)).map((folder) => `folder: ${folder}`),
  ];
}

function lines(file: string, args: readonly string[]): string[] {
  return execFileSync(file, args, { encoding: 'utf8' }).split('\n').filter(Boolean);
}

function groups(): string[] {
  const root = '/sys/fs/cgroup';
  const trees = [
    root,
    ...readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(root, entry.name)),
  ];
  return trees.flatMap((tree) =>
    readdirSync(tree)
      .filter((name) => name.startsWith('lxc.'))
      .map((name) => join(tree, name)),
  );
}

function processes(): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => {
      try {
        return {
          pid: Number(name),
          command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
        };
      } catch {
        return { pid: Number(name), command: '' };
      }
    });
}

/** A server's first days: set up, a service installed and used, a kernel that hangs, a power cut, an ordered power-off. */
import assert from 'node:assert/strict';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { carriedServices } from '../services.ts';
import { type Box, password, service } from './box.ts';
import { checkProduct } from './checks.ts';
import { copyDisk } from './disk.ts';
import { checkLimits, freeService, limitService } from './limits.ts';
import { checkPlugin, installPlugin } from './plugin.ts';
import { checkStorm, type Change, makeRegistries, readStorm, storm } from './storm.ts';
import type { Step } from './story.ts';
import { randomFrom, replay } from './write-log.ts';

/** Installed when the power goes. */
const second = 'mosquitto';
const registries = 24;
/** Of the installation, written before the power goes. */
const someBytes = 4 * 1024 ** 2;
const diary = 'Bread, milk, a new disk.\n';
const kernel = 'hearth-kernel';

export interface DailyOptions {
  readonly box: Box;
  readonly folder: string;
  /** Started from, and changed. */
  readonly disk: string;
  /** By how much it is larger than the image. */
  readonly extraBytes: number;
  readonly seed: number;
}

export function daily({ box, folder, disk, extraBytes, seed }: DailyOptions): Step[] {
  // What the disk was before the first start: what a power cut leaves is made from it.
  const writeLog = join(folder, 'writes.log');
  const fresh = join(folder, 'fresh.raw');
  const written = () => stat(writeLog).then(({ size }) => size);
  let machineId = '';
  let job = '';
  let changes: readonly Change[] = [];
  const random = randomFrom(seed);
  /** Bytes of the log of writes when the power went. */
  let end = 0;
  const inside = (command: string, limitMs?: number) => box.machine.shell.run(command, limitMs);

  return [
    [
      'starts by UEFI and shows its page',
      async () => {
        await copyDisk(disk, fresh);
        return box.boot({ disk, firmware: 'uefi', screen: true, writeLog });
      },
    ],
    [
      'is what was built',
      async () => {
        machineId = await inside('cat /etc/machine-id');
        return checkProduct(box.machine.shell, extraBytes);
      },
    ],
    [
      'is set up with the one-time code of the console, which shows the address and its picture',
      async () => {
        await box.setUp();
        const shown = /https:\/\/10\.0\.2\.15\s[\s\S]*▀/;
        assert.match(await box.machine.serial(), shown);
        const picture = await inside('qrencode -t UTF8 -m 2 https://10.0.2.15');
        const serial = (await box.machine.serial()).replaceAll('\r', '');
        assert.ok(serial.includes(picture.replaceAll(/^/gm, '    ')), serial.slice(-4000));
        // The screen, as text.
        assert.match(await inside("tr -c '[:print:]' ' ' < /dev/vcs1"), /https:\/\/10\.0\.2\.15/);
      },
    ],
    [
      'offers the registry it carries, and nothing that would have to be built',
      async () => {
        const { packages } = await box.client.call('marketplace.list');
        const offered = packages.map(({ id, recipe, registryName }: Record<string, unknown>) => ({
          id,
          recipe,
          registryName,
        }));
        assert.ok(offered.length > 1);
        for (const each of offered) {
          assert.ok(carriedServices.includes(each.id), each.id);
          assert.deepEqual(each, { id: each.id, recipe: false, registryName: 'Hearth' });
        }
      },
    ],
    ['installs a service from the registry it carries', () => box.install(service)],
    ['has a healthy service', () => box.healthy()],
    [
      'keeps a file that is sent through HTTPS to a container under AppArmor and cgroup v2',
      async () => {
        await box.learnPassword();
        await box.file('diary.txt', diary);
        assert.equal(await box.file('diary.txt'), diary);
        const told = await inside(
          'for p in $(pgrep -x rclone); do cat /proc/$p/attr/current /proc/$p/cgroup; grep Uid /proc/$p/status; done',
        );
        assert.match(told, new RegExp(`lxc-hearth-${service}.*\\(enforce\\)`));
        assert.match(told, new RegExp(`^0::/lxc\\.payload\\.hearth-${service}`, 'm'));
        assert.match(told, /Uid:\s+1\d{6}\s/);
      },
    ],
    ['keeps the service to what its owner limits it to', () => limitService(box)],
    ['runs a plugin, confined, for a kernel that may start nobody', () => installPlugin(box, folder)],
    [
      'starts a kernel anew that hangs, while the service goes on',
      async () => {
        const began = Date.now();
        const before = await inside(`systemctl show -P MainPID ${kernel}; systemctl show -P MainPID hearth-engine`);
        await inside(`kill -STOP ${before.split('\n')[0] ?? ''}`);
        const container = () => inside(`lxc-info -n hearth-${service} -pH`);
        const init = await container();
        assert.equal(await box.file('diary.txt'), diary);
        const after = await inside(
          `until [ "$(systemctl show -P NRestarts ${kernel})" = 1 ] && systemctl is-active -q ${kernel}; do sleep 1; done; ` +
            `systemctl show -P MainPID ${kernel}; systemctl show -P MainPID hearth-engine`,
          400_000,
        );
        assert.notEqual(after.split('\n')[0], before.split('\n')[0]);
        assert.equal(after.split('\n')[1], before.split('\n')[1]);
        assert.match(await inside(`journalctl -b -u ${kernel} -o cat -g 'Watchdog timeout'`), /Watchdog timeout/);
        assert.equal(await container(), init);
        await box.healthy();
        return `up again after ${Math.round((Date.now() - began) / 1000)} s`;
      },
    ],
    [
      'loses power in the middle of an installation and a storm of commits',
      async () => {
        await makeRegistries(box.machine.shell, registries);
        ({ job } = await box.client.call('package.install', { id: second }));
        const client = box.client;
        const early = ['fetch', 'verify', null];
        let began = 0;
        const unpacking = async () => {
          const row = await client.until(
            'the images are being unpacked',
            180_000,
            () => box.job(job),
            (found) => found.finishedAt !== null || !early.includes(found.step),
          );
          assert.equal(row.finishedAt, null, JSON.stringify(row));
          began = await written();
          await client.until('some of it is written', 180_000, written, (bytes) => bytes > began + someBytes);
        };
        changes = await storm(client, registries, written, unpacking, async () => {
          // Before QEMU is stopped, which has it flush all it has, and the log say so.
          const last = await written();
          end = began + Math.floor(random() * (last - began));
          await box.machine.cut();
        });
        const { loose, lost } = await replay(writeLog, fresh, end, random);
        await rm(disk);
        await rm(writeLog);
        const acknowledged = changes.filter(
          (change) => change.acknowledged !== null && change.acknowledged <= end,
        ).length;
        assert.ok(acknowledged >= 4, `only ${acknowledged} commits`);
        return `${acknowledged} commits acknowledged; of ${loose} writes in the disk's cache ${lost} pieces lost, seed ${seed}`;
      },
    ],
    ['starts again, by BIOS', () => box.boot({ disk: fresh, firmware: 'bios' })],
    [
      'has lost nothing that was acknowledged, ends the installation one way or the other, and is healthy',
      async () => {
        const row = await box.finished(job);
        assert.equal((await box.row(second)) === undefined, row.state !== 'succeeded', JSON.stringify(row));
        checkStorm(changes, end, await readStorm(box.client));
        await box.healthy();
        assert.equal(await box.file('diary.txt'), diary);
        assert.equal((await box.client.call('server.status')).mode, 'running');
        assert.equal(await inside('btrfs device stats -c /var > /dev/null && echo clean'), 'clean');
        return `installation ${row.state}${row.error === null ? '' : `: ${row.error.message}`}`;
      },
    ],
    [
      'stops its services before it goes off',
      async () => {
        const took = await box.machine.powerOff(240_000);
        const order = /Stopped.*hearth-services[\s\S]*Stopping.*hearth-kernel[\s\S]*Stopping.*hearth-engine/;
        assert.match((await box.machine.serial()).slice(-20_000), order);
        return `off after ${Math.round(took / 1000)} s`;
      },
    ],
    ['starts a third time', () => box.boot({ disk: fresh, firmware: 'uefi' })],
    [
      'finds everything as it was',
      async () => {
        await box.healthy();
        assert.equal(await box.file('diary.txt'), diary);
        await checkLimits(box);
        await freeService(box);
        await checkPlugin(box);
        assert.equal(await inside('cat /etc/machine-id'), machineId);
        const { name, setUp } = await box.client.call('server.status');
        assert.deepEqual({ name, setUp }, { name: 'Family Server', setUp: true });
        const earlier = await inside('journalctl -b -1 -u hearth-services -o cat');
        assert.match(earlier, new RegExp(`"stopped":\\[[^\\]]*"${service}"[^\\]]*\\],"forced":\\[\\]`));
        const signedIn = box.client;
        await signedIn.call('auth.login', { password });
      },
    ],
  ];
}

/**
 * Power cuts in earnest: one session in which a service is installed amid a storm of commits, and then what the disk
 * would have been had the power gone at this moment or that, each booted and looked at. And a power-off that a service
 * does not follow.
 */
import assert from 'node:assert/strict';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Box, service } from './box.ts';
import { copyDisk } from './disk.ts';
import { type Change, checkStorm, makeRegistries, readStorm, storm } from './storm.ts';
import type { Step } from './story.ts';
import { update } from './update.ts';
import { randomFrom, replay } from './write-log.ts';

const second = 'mosquitto';
const registries = 24;
const diary = 'Kept before the storm.\n';

export interface CutsOptions {
  readonly box: Box;
  readonly folder: string;
  /** Folder of the image. */
  readonly built: string;
  /** Started from, and changed. */
  readonly disk: string;
  /** Moments at which the power goes. */
  readonly count: number;
  readonly seed: number;
}

export function cuts({ box, folder, built, disk, count, seed }: CutsOptions): Step[] {
  const writeLog = join(folder, 'writes.log');
  const fresh = join(folder, 'fresh.raw');
  const torn = join(folder, 'torn.raw');
  const random = randomFrom(seed);
  const written = () => stat(writeLog).then(({ size }) => size);
  let changes: readonly Change[] = [];
  let began = 0;
  /** And the bytes of the log of writes when it was taken, and when it was told to be over. */
  let job = { id: '', acknowledged: 0, over: 0 };

  const session: Step[] = [
    [
      'starts and is set up, with one service',
      async () => {
        await copyDisk(disk, fresh);
        const page = await box.boot({ disk, firmware: 'uefi', writeLog });
        await box.setUp();
        await box.install(service);
        await box.healthy();
        await box.learnPassword();
        await box.file('diary.txt', diary);
        await makeRegistries(box.machine.shell, registries);
        return page;
      },
    ],
    [
      'updates the service, with a snapshot of its volumes that shares their blocks',
      async () => {
        const measured = await update(box, folder, built);
        await box.healthy();
        assert.equal(await box.file('diary.txt'), diary);
        return measured;
      },
    ],
    [
      'installs another amid a storm of commits, until the plug is pulled',
      async () => {
        began = await written();
        const { job: id } = await box.client.call<{ job: string }>('package.install', { id: second });
        job = { id, acknowledged: await written(), over: 0 };
        const client = box.client;
        const over = async () => {
          const row = await client.until(
            'the installation is over',
            400_000,
            () => box.job(id),
            ({ finishedAt }) => finishedAt !== null,
          );
          assert.equal(row.state, 'succeeded', JSON.stringify(row));
          job = { ...job, over: await written() };
        };
        changes = await storm(client, registries, written, over, () => box.machine.cut());
        await rm(disk);
        const bytes = (await written()) - began;
        return `${changes.filter((change) => change.acknowledged !== null).length} commits acknowledged in ${Math.round(bytes / 1e6)} MB of writes`;
      },
    ],
  ];

  /** Boots the disk as it was when the log had `end` bytes. */
  const cutAt = async (end: number): Promise<string> => {
    await copyDisk(fresh, torn);
    const { loose, lost } = await replay(writeLog, torn, end, random);
    const page = await box.boot({ disk: torn, firmware: 'uefi' });
    const { acknowledged } = checkStorm(changes, end, await readStorm(box.client));
    let outcome = 'not asked for yet';
    if (end >= job.acknowledged) {
      const row = await box.finished(job.id);
      outcome = row.state;
      assert.equal((await box.row(second)) === undefined, row.state !== 'succeeded', JSON.stringify(row));
      if (end >= job.over) assert.equal(row.state, 'succeeded');
      if (row.state === 'succeeded') await box.healthy(second);
    }
    await box.healthy();
    assert.equal(await box.file('diary.txt'), diary);
    assert.equal((await box.client.call('server.status')).mode, 'running');
    await box.machine.powerOff(240_000);
    return `${page}; ${acknowledged} commits there, installation ${outcome}; of ${loose} writes in the disk's cache ${lost} pieces lost`;
  };
  const moment = (number: number): Step => [
    `has lost nothing that was acknowledged when the power goes at moment ${number} of ${count}`,
    async () => {
      const last = await written();
      // One in each part of the session, where in it by chance.
      return cutAt(Math.floor(began + ((number - 1 + random()) / count) * (last - began)));
    },
  ];
  const installed: Step = [
    'has the other service whole when the power goes as soon as it is said to be installed',
    () => cutAt(job.over),
  ];
  const hang: Step = [
    'goes off within its budget though a service does not answer, and has it again',
    async () => {
      await box.boot({ disk: torn, firmware: 'uefi' });
      await box.healthy();
      // The budget as an owner has it.
      await box.machine.shell.run(
        'systemctl set-environment HEARTH_DEADLINE_SCALE=1 && systemctl restart hearth-kernel',
        400_000,
      );
      await box.healthy();
      await box.machine.shell.run(`echo 1 > /sys/fs/cgroup/lxc.payload.hearth-${service}/cgroup.freeze`);
      const took = await box.machine.powerOff(400_000);
      await box.boot({ disk: torn, firmware: 'uefi' });
      const earlier = await box.machine.shell.run('journalctl -b -1 -u hearth-services -o cat');
      assert.match(earlier, new RegExp(`"forced":\\["${service}"\\]`));
      await box.healthy();
      assert.equal(await box.file('diary.txt'), diary);
      return `off after ${Math.round(took / 1000)} s`;
    },
  ];
  return [...session, ...Array.from({ length: count }, (_, place) => moment(place + 1)), installed, hang];
}

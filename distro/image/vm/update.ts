/** An update of the service, from a file: its volumes are put aside first, as a snapshot that shares their blocks. */
import assert from 'node:assert/strict';
import { type Box, service } from './box.ts';
import { packNextVersion } from './next-version.ts';

const mebibyte = 1024 * 1024;

/** `built` is the folder of the image. Answers what was measured. */
export async function update(box: Box, folder: string, built: string): Promise<string> {
  const inside = (command: string) => box.machine.shell.run(command);
  const { archive, version } = await packNextVersion(built, service, folder);
  const volume = `$(dirname $(find /var/lib/hearth/engine/volumes/${service} -name diary.txt))`;
  await inside(`head -c 20M /dev/urandom > ${volume}/large && sync`);
  // The snapshot is gone when the update is over: looked at as soon as it is there.
  const snapshots = `/var/lib/hearth/engine/snapshots/${service}`;
  const there = `s=$(ls -d ${snapshots}/* 2>/dev/null | grep -v partial)`;
  const look = `until ${there}; do sleep 0.1; done; btrfs filesystem du -s --raw $s > /run/snapshot`;
  await inside(`(timeout 900 sh -c '${look}' > /dev/null 2>&1 &)`);
  await box.sideload(archive);
  const seen = await inside('cat /run/snapshot');
  const [total = 0, own = 0, shared = 0] = (seen.split('\n')[1] ?? '').trim().split(/\s+/).map(Number);
  assert.ok(shared >= 20 * mebibyte && own < mebibyte, seen);
  assert.equal(await inside(`ls ${snapshots} 2>/dev/null | wc -l`), '0');
  assert.equal((await box.row(service))?.manifest.version, version);
  return `${Math.round(shared / 1e6)} of ${Math.round(total / 1e6)} MB shared`;
}

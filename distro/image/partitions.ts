/** The partition plan: two system slots and one state partition, with fixed ids so that the same build gives the same bytes. */

export const sectorSize = 512;

export const partitions = {
  esp: { mebibytes: 256, type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', id: '48454152-5448-4000-8000-000000000001' },
  a: { mebibytes: 1536, type: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709', id: '48454152-5448-4000-8000-000000000002' },
  b: { mebibytes: 1536, type: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709', id: '48454152-5448-4000-8000-000000000003' },
  /** The last one: grows with the disk. */
  state: { mebibytes: 4096, type: '4D21B016-B534-45C2-A9FB-5C16E091FD2D', id: '48454152-5448-4000-8000-000000000004' },
} as const;

const disk = '48454152-5448-4000-8000-000000000000';
const sectorsOf = (mebibytes: number) => (mebibytes * 1024 * 1024) / sectorSize;
const first = sectorsOf(1);

function plan() {
  const starts: Record<keyof typeof partitions, number> = { esp: 0, a: 0, b: 0, state: 0 };
  const lines: string[] = ['label: gpt', `label-id: ${disk}`, `first-lba: ${first}`, 'unit: sectors', ''];
  let at = first;
  for (const name of ['esp', 'a', 'b', 'state'] as const) {
    const { mebibytes, type, id } = partitions[name];
    starts[name] = at;
    // Where the boot code of a BIOS looks on.
    const attributes = name === 'esp' ? ', attrs=LegacyBIOSBootable' : '';
    lines.push(`start=${at}, size=${sectorsOf(mebibytes)}, type=${type}, uuid=${id}, name=hearth-${name}${attributes}`);
    at += sectorsOf(mebibytes);
  }
  // One more mebibyte for the second copy of the table.
  return { starts, sectors: at + first, script: `${lines.join('\n')}\n` };
}

export const layout = plan();

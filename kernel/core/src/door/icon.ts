/** Icons of installed services, from the folder the verified package was kept in. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageId, type ServiceRow } from '@hearth/contract';

const types: Readonly<Record<string, string>> = {
  'icon.svg': 'image/svg+xml',
  'icon.png': 'image/png',
  'icon.jpg': 'image/jpeg',
  'icon.jpeg': 'image/jpeg',
  'icon.webp': 'image/webp',
};

/** Null for what is no installed service, or has no icon. */
export async function readIcon(
  data: string,
  service: string,
  read: (service: string) => ServiceRow | null,
): Promise<{ readonly type: string; readonly bytes: Buffer; readonly etag: string } | null> {
  const id = packageId.safeParse(service);
  const row = id.success ? read(id.data) : null;
  // Both parts of the path come from the state, not from the request.
  if (row === null || !/^[0-9a-f]+$/.test(row.package.rootSighash)) return null;
  const folder = join(data, 'packages', row.id, row.package.rootSighash);
  const name = (await readdir(folder).catch(() => [])).find((candidate) => Object.hasOwn(types, candidate));
  if (name === undefined) return null;
  return {
    type: types[name] ?? '',
    bytes: await readFile(join(folder, name)),
    etag: `"${row.package.rootSighash.slice(0, 22)}"`,
  };
}

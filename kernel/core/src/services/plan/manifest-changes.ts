/** The differences between two manifests, as JSON pointers, sorted by what they are about. */
import { isDeepStrictEqual } from 'node:util';
import type { Manifest, PlanChange } from '@hearth/contract';

/** First part of the path, by what a change in it is about. */
const subjects: Readonly<Partial<Record<keyof Manifest, PlanChange['about']>>> = {
  hardwareAcceleration: 'permission',
  userspaceFilesystems: 'permission',
  virtualNetworking: 'permission',
  plugins: 'permission',
  volumes: 'data',
  dependencies: 'need',
  hardwareRequirements: 'need',
  osVersion: 'need',
  images: 'image',
  version: 'version',
  canMigrateFrom: 'version',
  canMigrateTo: 'version',
  satisfies: 'version',
};

const order: readonly PlanChange['about'][] = ['permission', 'data', 'need', 'image', 'version', 'text'];

/** From nothing, only what a package asks for is told: not its every word. */
export function manifestChanges(before: Manifest | null, after: Manifest): PlanChange[] {
  const found = before === null ? asked(after) : differences(before, after, '');
  return found
    .map((change) => ({ ...change, about: subjectOf(change.path) }))
    .sort((a, b) => order.indexOf(a.about) - order.indexOf(b.about));
}

export type Difference = Omit<PlanChange, 'about'>;

/** A graphics device of an image is a device all the same. */
function subjectOf(path: string): PlanChange['about'] {
  if (/^\/images\/[^/]+\/nvidiaContainer$/.test(path) || path.startsWith('/hardwareRequirements/device'))
    return 'permission';
  return subjects[path.split('/')[1] as keyof Manifest] ?? 'text';
}

function asked(manifest: Manifest): Difference[] {
  const switches = ['hardwareAcceleration', 'userspaceFilesystems', 'virtualNetworking'] as const;
  return [
    ...switches.filter((name) => manifest[name]).map((name) => ({ path: `/${name}`, after: true })),
    ...manifest.plugins.map((plugin, at) => ({ path: `/plugins/${at}`, after: plugin })),
    ...Object.entries(manifest.images)
      .filter(([, image]) => image.nvidiaContainer)
      .map(([name]) => ({ path: `/images/${escaped(name)}/nvidiaContainer`, after: true })),
    ...manifest.hardwareRequirements.device.map((device, at) => ({
      path: `/hardwareRequirements/device/${at}`,
      after: device,
    })),
    ...manifest.volumes.map((volume, at) => ({ path: `/volumes/${at}`, after: volume })),
    ...Object.entries(manifest.dependencies).map(([id, need]) => ({ path: `/dependencies/${id}`, after: need })),
  ];
}

/** Of two plain documents, as JSON pointers; lists of names are sets. */
export function differences(before: unknown, after: unknown, path: string): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isSet(before) && isSet(after)) {
    // Lists of names are sets to whoever reads them: order and place mean nothing.
    const gone = before.filter((one) => !after.includes(one));
    const come = after.filter((one) => !before.includes(one));
    return [
      ...gone.map((one) => ({ path: `${path}/${before.indexOf(one)}`, before: one })),
      ...come.map((one) => ({ path: `${path}/${after.indexOf(one)}`, after: one })),
    ];
  }
  if (!isRecord(before) || !isRecord(after)) {
    return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => differences(before[key], after[key], `${path}/${escaped(key)}`));
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

function isSet(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

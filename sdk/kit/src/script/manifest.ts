/** manifest.json, from what the script tells. Keys stand in the order StartOS's packer writes them. */
import { downgradeRange, type Migrations } from './migrations.ts';
import type { About, Dependency, Image, Localised } from './types.ts';

/** The StartOS whose ABI a package of this kit is written against. */
const osVersion = '0.4.0-beta.10';
const sdkVersion = '0.1.0';

export interface PackageManifest {
  readonly id: string;
  readonly version: string;
  readonly images: Readonly<Record<string, { readonly source: unknown; readonly arch: readonly string[] }>>;
  readonly volumes: readonly string[];
  readonly title: string;
  readonly description: { readonly short: Localised; readonly long: Localised };
  readonly [key: string]: unknown;
}

/** The parts of a definition its manifest tells of. */
interface Told {
  readonly about: About;
  readonly images: Readonly<Record<string, Image>>;
  readonly volumes: readonly string[];
  readonly dependencies: Readonly<Record<string, Pick<Dependency<never>, 'description' | 'optional'>>>;
  readonly migrations: Migrations<never>;
  readonly plugins: readonly string[];
}

export function buildManifest({ about, images, volumes, dependencies, migrations, plugins }: Told): PackageManifest {
  const { hardwareRequirements = {} } = about;
  return {
    id: about.id,
    version: about.version,
    canMigrateTo: about.canMigrateTo ?? downgradeRange(migrations, about.version),
    canMigrateFrom: about.canMigrateFrom ?? `<=${about.version}`,
    title: about.title,
    description: about.description,
    releaseNotes: about.releaseNotes,
    gitHash: null,
    license: about.license,
    packageRepo: about.packageRepo,
    upstreamRepo: about.upstreamRepo,
    marketingUrl: about.marketingUrl ?? null,
    donationUrl: about.donationUrl ?? null,
    osVersion,
    sdkVersion,
    hardwareAcceleration: false,
    userspaceFilesystems: false,
    virtualNetworking: false,
    plugins,
    satisfies: [],
    images: Object.fromEntries(
      Object.entries(images).map(([id, { arch, emulateMissingAs = null }]) => [
        id,
        { source: 'packed', arch, emulateMissingAs, nvidiaContainer: false },
      ]),
    ),
    volumes,
    dependencies: Object.fromEntries(
      Object.entries(dependencies).map(([id, { description, optional = false }]) => [id, { description, optional }]),
    ),
    hardwareRequirements: {
      device: [],
      ram: hardwareRequirements.ram ?? null,
      arch: hardwareRequirements.arch ?? null,
    },
    // Hearth's own: others ignore it.
    ...(about.limits !== undefined && { limits: about.limits }),
  };
}

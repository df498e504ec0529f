/**
 * What is in the image, as an SPDX 2.3 document: Debian's packages in the system and in the tree of the containers, those
 * the boot loaders are of, npm's from the lock file, and the services it carries.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSpdx, isLicense, type SpdxDocument, type SpdxPackage } from './spdx.ts';

export interface ImageContents {
  readonly version: string;
  /** Seconds. */
  readonly epoch: number;
  /** Of `dpkg/status` files: the system's, the containers', and what of the building machine's is in it. */
  readonly statuses: readonly string[];
  /** Text of `package-lock.json`. */
  readonly lock: string;
  /** Registry folder: `<id>/<version>-<architecture>.s9pk`. */
  readonly registry: string;
}

const whole = 'SPDXRef-Image';

/** Throws when it would not be SPDX. */
export async function packageList(contents: ImageContents): Promise<SpdxDocument> {
  const { version, epoch } = contents;
  const found = [
    ...contents.statuses.flatMap(debianPackages),
    ...npmPackages(contents.lock),
    ...(await servicePackages(contents.registry)),
  ];
  const packages = [...new Map(found.map((each) => [each.SPDXID, each])).values()].sort((one, other) =>
    one.SPDXID < other.SPDXID ? -1 : 1,
  );
  const image = entry('Image', 'hearth', version, { license: 'MIT' });
  const hash = createHash('sha256').update(JSON.stringify(packages)).digest('hex');
  const relation = (one: string, relationshipType: string, other: string) => ({
    spdxElementId: one,
    relationshipType,
    relatedSpdxElement: other,
  });
  return checkSpdx({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `hearth-${version}`,
    documentNamespace: `urn:hearth:image:${version}:${hash}`,
    creationInfo: {
      created: new Date(epoch * 1000).toISOString().replace('.000', ''),
      creators: ['Tool: hearth-image'],
    },
    packages: [{ ...image, SPDXID: whole }, ...packages],
    relationships: [
      relation('SPDXRef-DOCUMENT', 'DESCRIBES', whole),
      ...packages.map(({ SPDXID }) => relation(whole, 'CONTAINS', SPDXID)),
    ],
  });
}

function debianPackages(status: string): SpdxPackage[] {
  return status
    .split('\n\n')
    .map((text) =>
      Object.fromEntries([...text.matchAll(/^([A-Z][\w-]*): (.*)$/gm)].map(([, key = '', value = '']) => [key, value])),
    )
    .filter((fields) => fields['Status'] === 'install ok installed')
    .map(({ Package: name = '', Version: version = '', Architecture: architecture = '' }) => {
      const purl = `deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
      return entry('deb', name, version, { purl });
    });
}

function npmPackages(text: string): SpdxPackage[] {
  const lock = JSON.parse(text) as {
    packages: Record<string, { version?: string; license?: string; dev?: boolean; link?: boolean; cpu?: string[] }>;
  };
  return Object.entries(lock.packages).flatMap(([path, { version, license, dev, link, cpu }]) => {
    if (!path.includes('node_modules/') || dev === true || link === true || version === undefined) return [];
    if (cpu !== undefined && !cpu.includes('x64')) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const purl = `npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
    return [entry('npm', name, version, { purl, ...(license === undefined ? {} : { license }) })];
  });
}

async function servicePackages(registry: string): Promise<SpdxPackage[]> {
  const archives = (await readdir(registry, { recursive: true })).filter((path) => path.endsWith('.s9pk')).sort();
  return Promise.all(
    archives.map(async (path) => {
      const [id = '', file = ''] = path.split('/');
      const sha256 = createHash('sha256').update(await readFile(join(registry, path)));
      return entry('service', id, file.replace(/-[^-]*\.s9pk$/, ''), { sha256: sha256.digest('hex') });
    }),
  );
}

function entry(
  kind: string,
  name: string,
  version: string,
  known: { readonly purl?: string; readonly license?: string; readonly sha256?: string },
): SpdxPackage {
  const { purl, license, sha256 } = known;
  return {
    // Letters, digits, dot and dash are all that SPDX has for it: what is lost must not make two the same.
    SPDXID: `SPDXRef-${kind}-${`${name}-${version}`.replaceAll(/[^A-Za-z0-9.-]/g, (one) => `-${one.codePointAt(0) ?? 0}-`)}`,
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    // Some packages write a sentence there.
    licenseDeclared: license !== undefined && isLicense(license) ? license : 'NOASSERTION',
    ...(sha256 === undefined ? {} : { checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }] }),
    ...(purl === undefined
      ? {}
      : {
          externalRefs: [
            { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: `pkg:${purl}` },
          ],
        }),
  };
}

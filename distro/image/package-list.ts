/** What is in the image, as an SPDX 2.3 document: Debian's packages from the tree, npm's from the lock file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo: string;
  readonly downloadLocation: 'NOASSERTION';
  readonly licenseDeclared: string;
  readonly externalRefs: readonly { referenceCategory: string; referenceType: string; referenceLocator: string }[];
}

export async function packageList(tree: string, root: string, version: string, epoch: number): Promise<object> {
  const packages = [...(await debianPackages(tree)), ...(await npmPackages(root))];
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `hearth-${version}`,
    documentNamespace: `urn:hearth:image:${version}:${epoch}`,
    creationInfo: { created: new Date(epoch * 1000).toISOString(), creators: ['Tool: hearth-image'] },
    packages,
    relationships: packages.map(({ SPDXID }) => ({
      spdxElementId: 'SPDXRef-DOCUMENT',
      relationshipType: 'DESCRIBES',
      relatedSpdxElement: SPDXID,
    })),
  };
}

async function debianPackages(tree: string): Promise<SpdxPackage[]> {
  const status = await readFile(join(tree, 'usr/share/hearth/var/lib/dpkg/status'), 'utf8');
  return status
    .split('\n\n')
    .map((text) =>
      Object.fromEntries([...text.matchAll(/^([A-Z][\w-]*): (.*)$/gm)].map(([, key = '', value = '']) => [key, value])),
    )
    .filter((fields) => fields['Status'] === 'install ok installed')
    .map((fields) =>
      entry('deb', `deb/debian/${fields['Package'] ?? ''}`, fields['Package'] ?? '', fields['Version'] ?? ''),
    );
}

async function npmPackages(root: string): Promise<SpdxPackage[]> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; license?: string; dev?: boolean; link?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(
      ([path, { dev, link, version }]) =>
        path.includes('node_modules/') && dev !== true && link !== true && version !== undefined,
    )
    .map(([path, { version = '', license }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return entry('npm', `npm/${name.replace('@', '%40')}`, name, version, license);
    });
}

function entry(kind: string, purl: string, name: string, version: string, license?: string): SpdxPackage {
  return {
    SPDXID: `SPDXRef-${kind}-${`${name}-${version}`.replaceAll(/[^A-Za-z0-9.-]/g, '-')}`,
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    licenseDeclared: license ?? 'NOASSERTION',
    externalRefs: [
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: `pkg:${purl}@${version}` },
    ],
  };
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { packageList } from './package-list.ts';
import { checkSpdx } from './spdx.ts';

let registry: string;
beforeAll(async () => {
  registry = await mkdtemp(join(tmpdir(), 'hearth-package-list-'));
  await mkdir(join(registry, 'webdav'));
  await writeFile(join(registry, 'webdav/1.60.1_0-x86_64.s9pk'), 'archive');
  await writeFile(join(registry, 'index.json'), '{}');
});
afterAll(() => rm(registry, { recursive: true }));

const status = (name: string, version: string, state = 'install ok installed') =>
  `Package: ${name}\nStatus: ${state}\nArchitecture: amd64\nVersion: ${version}\nDescription: words\n more words\n`;

const lock = JSON.stringify({
  packages: {
    '': { name: 'hearth', version: '0.1.0' },
    'kernel/core': { version: '0.1.0' },
    'node_modules/@hearth/kernel': { link: true },
    'node_modules/zod': { version: '4.4.3', license: 'MIT' },
    'kernel/core/node_modules/zod': { version: '4.4.3', license: 'MIT' },
    'node_modules/@scope/name': { version: '1.0.0', license: '(MIT OR Apache-2.0)' },
    'node_modules/worded': { version: '1.0.0', license: 'SEE LICENSE IN README' },
    'node_modules/jest': { version: '30.0.0', dev: true },
    'node_modules/other-machine': { version: '1.0.0', cpu: ['arm64'] },
  },
});

const made = () =>
  packageList({
    version: '0.1.0',
    epoch: 1_767_225_600,
    statuses: [
      [
        status('libstdc++6', '12.2.0-14'),
        status('tini', '1:0.19~1'),
        status('gone', '1', 'deinstall ok config-files'),
      ].join('\n'),
      status('tini', '1:0.19~1'),
    ],
    lock,
    registry,
  });

test('names what is in the image once, and nothing that is only for building it', async () => {
  const { packages } = await made();
  expect(packages.map(({ name, versionInfo }) => `${name} ${versionInfo}`)).toEqual([
    'hearth 0.1.0',
    'libstdc++6 12.2.0-14',
    'tini 1:0.19~1',
    '@scope/name 1.0.0',
    'worded 1.0.0',
    'zod 4.4.3',
    'webdav 1.60.1_0',
  ]);
  expect(new Set(packages.map(({ SPDXID }) => SPDXID)).size).toBe(packages.length);
});

test('is SPDX 2.3, also when it was written and read', async () => {
  const document = await made();
  const { packages, relationships } = document;
  expect(checkSpdx(JSON.parse(JSON.stringify(document)))).toEqual(document);
  expect(packages.map(({ licenseDeclared }) => licenseDeclared)).toEqual([
    ...['MIT', 'NOASSERTION', 'NOASSERTION', '(MIT OR Apache-2.0)', 'NOASSERTION', 'MIT', 'NOASSERTION'],
  ]);
  const ids = packages.map(({ SPDXID }) => SPDXID);
  expect(relationships[0]).toEqual({
    spdxElementId: 'SPDXRef-DOCUMENT',
    relationshipType: 'DESCRIBES',
    relatedSpdxElement: ids[0],
  });
  expect(relationships.slice(1).map(({ relatedSpdxElement }) => relatedSpdxElement)).toEqual(ids.slice(1));
  expect(packages[1]?.externalRefs).toEqual([
    {
      referenceCategory: 'PACKAGE-MANAGER',
      referenceType: 'purl',
      referenceLocator: 'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64',
    },
  ]);
});

test('is the same for the same contents', async () => {
  expect(JSON.stringify(await made())).toBe(JSON.stringify(await made()));
});

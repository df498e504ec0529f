import { describe, expect, test } from '@jest/globals';
import { checkSpdx, isLicense } from './spdx.ts';

const good = {
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'hearth-1',
  documentNamespace: 'urn:hearth:image:1:abc',
  creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: hearth-image'] },
  packages: [
    {
      SPDXID: 'SPDXRef-Image',
      name: 'hearth',
      versionInfo: '1',
      downloadLocation: 'NOASSERTION',
      filesAnalyzed: false,
      licenseDeclared: '(MIT OR Apache-2.0)',
      checksums: [{ algorithm: 'SHA256', checksumValue: 'a'.repeat(64) }],
      externalRefs: [
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: 'pkg:npm/%40scope/name@1.0.0',
        },
      ],
    },
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-Image' },
  ],
};
const [image] = good.packages;
const of = (changes: object) => ({ ...good, packages: [{ ...image, ...changes }] });

test('a good document is taken', () => {
  expect(checkSpdx(good)).toEqual(good);
});

describe('refused', () => {
  test.each<[string, unknown]>([
    ['another version', { ...good, spdxVersion: 'SPDX-3.0' }],
    ['an unknown key', { ...good, comments: [] }],
    ['an unknown key of a package', of({ license: 'MIT' })],
    ['a name space that is no URI', { ...good, documentNamespace: 'hearth 1' }],
    ['a name space with a fragment', { ...good, documentNamespace: 'urn:hearth:image#1' }],
    [
      'a time with milliseconds',
      { ...good, creationInfo: { ...good.creationInfo, created: '2026-01-01T00:00:00.000Z' } },
    ],
    ['a time elsewhere', { ...good, creationInfo: { ...good.creationInfo, created: '2026-01-01T00:00:00+01:00' } }],
    ['nobody who made it', { ...good, creationInfo: { ...good.creationInfo, creators: ['hearth-image'] } }],
    ['an id with a letter too many', of({ SPDXID: 'SPDXRef-Im_age' })],
    ['two of the same id', { ...good, packages: [image, image] }],
    ['no name', of({ name: '' })],
    ['a name of two lines', of({ name: 'a\nb' })],
    ['a licence that is none', of({ licenseDeclared: 'Mine-1.0' })],
    ['a licence in words', of({ licenseDeclared: 'SEE LICENSE IN README' })],
    ['a checksum cut short', of({ checksums: [{ algorithm: 'SHA256', checksumValue: 'abcd' }] })],
    [
      'a package URL unencoded',
      of({ externalRefs: [{ ...image?.externalRefs[0], referenceLocator: 'pkg:npm/@a/b@1' }] }),
    ],
    ['a document that describes nothing', { ...good, relationships: [] }],
    [
      'a relationship to what is not there',
      {
        ...good,
        relationships: [
          ...good.relationships,
          { spdxElementId: 'SPDXRef-Image', relationshipType: 'CONTAINS', relatedSpdxElement: 'SPDXRef-Ghost' },
        ],
      },
    ],
  ])('%s', (_, document) => {
    expect(() => checkSpdx(document)).toThrow();
  });
});

test('licences are those of the list of SPDX', () => {
  const known = [
    'MIT',
    'BlueOak-1.0.0',
    'GPL-2.0-only WITH Classpath-exception-2.0',
    '(MIT AND Zlib)',
    'LicenseRef-own',
  ];
  expect(known.filter((text) => !isLicense(text))).toEqual([]);
  expect(['UNLICENSED', 'MIT/X11', '', 'MIT OR'].filter(isLicense)).toEqual([]);
});

/**
 * Proves that a document is SPDX 2.3, in the part of it that package lists use: every key known, every value in its form,
 * licences of SPDX's list, and nothing told of what is not in the document.
 *
 * https://spdx.github.io/spdx-spec/v2.3/
 */
import parseLicense from 'spdx-expression-parse';
import { z } from 'zod';

const id = z.string().regex(/^SPDXRef-[A-Za-z0-9.-]+$/);
/** No words on one line: a value of the tag-value form too. */
const line = z
  .string()
  .min(1)
  .regex(/^[^\r\n]+$/);
const time = z.iso.datetime({ precision: 0 });
const unknown = ['NOASSERTION', 'NONE'];

const checksumLengths = { SHA1: 40, SHA256: 64, SHA384: 96, SHA512: 128, 'BLAKE2b-256': 64, BLAKE3: 64 } as const;
const algorithm = z.literal(['SHA1', 'SHA256', 'SHA384', 'SHA512', 'BLAKE2b-256', 'BLAKE3']);
const checksum = z
  .strictObject({ algorithm, checksumValue: z.string().regex(/^[0-9a-f]+$/) })
  .refine((sum) => sum.checksumValue.length === checksumLengths[sum.algorithm], 'is not as long as its algorithm says');

/** `scheme:type/namespace/name@version?qualifiers`, every part percent-encoded. */
const packageUrl = z
  .string()
  .regex(
    /^pkg:[a-z][a-z0-9.-]*(\/(?:[\w.~-]|%[0-9A-F]{2})+)+(@(?:[\w.~-]|%[0-9A-F]{2})+)?(\?[a-z][a-z0-9._-]*=[^&\s]+)?$/,
  );

const packages = z.strictObject({
  SPDXID: id,
  name: line,
  versionInfo: line,
  downloadLocation: z.union([z.literal(unknown), z.url()]),
  filesAnalyzed: z.literal(false),
  licenseDeclared: z.string().refine((text) => unknown.includes(text) || isLicense(text), 'is no licence expression'),
  checksums: z.array(checksum).optional(),
  externalRefs: z
    .array(
      z.strictObject({
        referenceCategory: z.literal('PACKAGE-MANAGER'),
        referenceType: z.literal('purl'),
        referenceLocator: packageUrl,
      }),
    )
    .optional(),
});

const relationship = z.strictObject({
  spdxElementId: id,
  relationshipType: z.literal(['DESCRIBES', 'CONTAINS']),
  relatedSpdxElement: id,
});

const document = z
  .strictObject({
    spdxVersion: z.literal('SPDX-2.3'),
    dataLicense: z.literal('CC0-1.0'),
    SPDXID: z.literal('SPDXRef-DOCUMENT'),
    name: line,
    // A URI of its own, without a fragment.
    documentNamespace: z.url().refine((text) => !text.includes('#'), 'has a fragment'),
    creationInfo: z.strictObject({
      created: time,
      creators: z.array(z.string().regex(/^(Tool|Person|Organization): \S.*$/)).min(1),
    }),
    packages: z.array(packages).min(1),
    relationships: z.array(relationship),
  })
  .superRefine(({ packages: all, relationships }, context) => {
    const known = new Set(['SPDXRef-DOCUMENT', ...all.map(({ SPDXID }) => SPDXID)]);
    if (known.size !== all.length + 1) context.addIssue('two packages have the same id');
    for (const { spdxElementId, relatedSpdxElement } of relationships)
      for (const one of [spdxElementId, relatedSpdxElement])
        if (!known.has(one)) context.addIssue(`a relationship names ${one}, which is not there`);
    if (!relationships.some(({ relationshipType }) => relationshipType === 'DESCRIBES'))
      context.addIssue('it describes nothing');
  });

export type SpdxDocument = z.infer<typeof document>;
export type SpdxPackage = z.infer<typeof packages>;

/** Throws a ZodError with every fault. */
export function checkSpdx(value: unknown): SpdxDocument {
  return document.parse(value);
}

/** Whether SPDX's list of licences knows every part of it. */
export function isLicense(text: string): boolean {
  try {
    parseLicense(text);
    return true;
  } catch {
    return false;
  }
}

/** @hearth/s9pk: the archive format of packages. This entry runs in browsers too; `@hearth/s9pk/node` adds files and downloads. */
export { Archive, openArchive } from './archive.ts';
export type { OpenOptions, VerifyOptions } from './archive.ts';
export { draftOf, memoryContent } from './draft.ts';
export type { Content, DirectoryDraft, Draft, FileDraft, Order } from './draft.ts';
export { errors } from './errors.ts';
export { fromHex, hex } from './format/bytes.ts';
export type { Mode } from './format/bytes.ts';
export { headerBytes, parseHeader, signCommitment, verifyCommitment } from './format/header.ts';
export type { Commitment, Header } from './format/header.ts';
export {
  generateKey,
  keyFromPem,
  keyFromSeed,
  keyToPem,
  publicKeyFromPem,
  publicKeyToPem,
  signatureFromPem,
  signatureToPem,
} from './format/keys.ts';
export type { SigningKey } from './format/keys.ts';
export { packageKind, pluginKind } from './format/kind.ts';
export type { ArchiveKind } from './format/kind.ts';
export { limits } from './format/limits.ts';
export { compareNames } from './format/names.ts';
export { signPrehashed, verifyPrehashed } from './format/signature.ts';
export { walk } from './format/tree.ts';
export type { DirectoryEntry, Entry, FileEntry, MissingEntry } from './format/tree.ts';
export { packageFiles } from './package-files.ts';
export type { PackageFiles } from './package-files.ts';
export { draftFromTree, editInto, filterInto, layOutFiltered, packInto } from './rewrite.ts';
export type { EditOptions, FilterOptions, PackOptions, Tree } from './rewrite.ts';
export { BlobSource } from './sources/blob.ts';
export { HttpSource } from './sources/http.ts';
export type { HttpOptions } from './sources/http-body.ts';
export { MemorySource } from './sources/memory.ts';
export type { Source } from './sources/source.ts';
export { layOut, MemorySink, writeArchive } from './write.ts';
export type { Layout, Seal, Sink, WriteOptions, Written } from './write.ts';

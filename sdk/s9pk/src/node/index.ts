/** @hearth/s9pk/node: everything of @hearth/s9pk, and files. */
export * from '../index.ts';
export { Blake3 } from './blake3.ts';
export { extract } from './extract.ts';
export type { ExtractOptions } from './extract.ts';
export { FileSink, writeWhole } from './file-sink.ts';
export { FileSource } from './file-source.ts';
export { editArchive, fileContent, filterArchive, openFile, packArchive, treeOf } from './files.ts';
export type { FileOptions } from './files.ts';
export { downloadArchive } from './download.ts';
export type { Downloaded, DownloadOptions } from './download.ts';
export { discardDownload } from './download-part.ts';
export { heldIn } from './held.ts';
export type { Held } from './held.ts';
export { verifyFile } from './verify.ts';

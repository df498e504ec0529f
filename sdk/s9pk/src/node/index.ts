/** @hearth/s9pk/node: everything of @hearth/s9pk, and files. */
export * from '../index.ts';
export { extract } from './extract.ts';
export type { ExtractOptions } from './extract.ts';
export { FileSink, writeWhole } from './file-sink.ts';
export { FileSource } from './file-source.ts';
export { editArchive, fileContent, filterArchive, openFile, packArchive, treeOf } from './files.ts';
export type { FileOptions } from './files.ts';

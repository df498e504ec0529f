/** Where packages come from: named, so that a job of an earlier kernel still knows whom to ask. */
import { rename, stat } from 'node:fs/promises';
import type { PackageSource } from '@hearth/contract';
import { openFile } from '@hearth/s9pk/node';
import { uploadId, uploadPath } from '../../uploads.ts';
import { errors } from '../errors.ts';
import { readManifest } from './verify.ts';

export class Sources {
  readonly #byName = new Map<string, PackageSource>();

  add(source: PackageSource): void {
    if (this.#byName.has(source.name)) throw errors.sourceTwice({ source: source.name });
    this.#byName.set(source.name, source);
  }

  get(name: string): PackageSource {
    const source = this.#byName.get(name);
    if (source === undefined) throw errors.unknownSource({ source: name });
    return source;
  }
}

/** A file somebody uploaded; it is moved, not copied. */
export function uploadSource(staging: string): PackageSource {
  return {
    name: 'file',
    async look(input, signal) {
      const upload = uploadId.parse(input['upload']);
      const archive = await openFile(uploadPath(staging, upload), { tree: 'root', signal });
      try {
        const { rootSighash } = archive.commitment;
        return { manifest: await readManifest(archive, signal), rootSighash, bytes: archive.source.size, fetch: 0 };
      } finally {
        await archive.close();
      }
    },
    async fetch(input, destination, { progress }) {
      const upload = uploadId.parse(input['upload']);
      const path = uploadPath(staging, upload);
      const { size } = await stat(path).catch((error: unknown) => {
        throw errors.uploadMissing({ upload }, error);
      });
      await rename(path, destination);
      progress(size, size);
      return { registry: null, commitment: null };
    },
  };
}

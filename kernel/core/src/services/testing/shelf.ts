/** Packages put onto a fake machine, for tests that begin with a service that runs. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest, PackageSource } from '@hearth/contract';
import type { FakeGuest, Script } from './fake-guest.ts';
import { makePackage } from './fake-package.ts';
import { actual, type House, type Kernel } from './house.ts';

export class Shelf {
  readonly house: House;
  readonly kernel: Kernel;

  private constructor(house: House, kernel: Kernel) {
    this.house = house;
    this.kernel = kernel;
  }

  /** Boots a kernel that can install what `put` packs. */
  static async open(house: House): Promise<Shelf> {
    const source: PackageSource = {
      name: 'shelf',
      async fetch(input, destination) {
        await copyFile(join(house.folder, String(input['file'])), destination);
        return { registry: null, commitment: null };
      },
    };
    return new Shelf(house, await house.boot([source]));
  }

  /** Installed and running; also over what is there, as an update. */
  async put(id: string, script: Script = {}, manifest: Partial<Manifest> = {}): Promise<FakeGuest> {
    await makePackage(join(this.house.folder, id), id, { manifest });
    this.house.machine.scripts.set(id, script);
    const request = { id, title: id, source: 'shelf', input: { file: id }, start: true };
    const job = await this.kernel.jobs.wait((await this.kernel.services.install(request)).job);
    if (job.state !== 'succeeded') throw new Error(JSON.stringify(job.error));
    await actual(this.kernel, id, 'running');
    return this.house.machine.guest(id);
  }

  /** As the owner calls it. */
  method(name: string, input: object): Promise<any> {
    const context = { signal: new AbortController().signal } as never;
    return this.kernel.methods.get(name)!.run(input, context) as Promise<any>;
  }
}

/** What a script says of an action. */
export const actionMetadata = (more: object = {}) => ({
  name: 'An action',
  description: '',
  warning: null,
  visibility: 'enabled',
  allowedStatuses: 'any',
  hasInput: true,
  group: null,
  ...more,
});

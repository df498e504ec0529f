/** Packages put onto a fake machine, for tests that begin with a service that runs. */
import type { Manifest } from '@hearth/contract';
import type { FakeGuest, Script } from './fake-guest.ts';
import type { House, Kernel } from './house.ts';

export class Shelf {
  readonly house: House;
  readonly kernel: Kernel;

  private constructor(house: House, kernel: Kernel) {
    this.house = house;
    this.kernel = kernel;
  }

  static async open(house: House): Promise<Shelf> {
    return new Shelf(house, await house.boot());
  }

  /** Installed and running; also over what is there, as an update. */
  async put(id: string, script: Script = {}, manifest: Partial<Manifest> = {}): Promise<FakeGuest> {
    await this.house.put(this.kernel, id, script, manifest);
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

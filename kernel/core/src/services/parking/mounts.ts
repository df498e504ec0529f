/** What of others' volumes is mounted in a service's container, as long as that lasts; also over a change of kernels. */
import type { Slice } from '@hearth/contract';
import { z } from 'zod';

export const mounted = z.object({
  /** In the container. */
  location: z.string(),
  owner: z.string(),
  volume: z.string(),
  writable: z.boolean(),
});
export type Mounted = z.infer<typeof mounted>;

export class Mounts {
  readonly #slice: Slice<Record<string, Mounted[]>>;

  constructor(slice: Slice<Record<string, Mounted[]>>) {
    this.#slice = slice;
  }

  of(service: string): readonly Mounted[] {
    return this.#slice.read()[service] ?? [];
  }

  /** Services that may write this volume of another. */
  writers(owner: string, volume: string): string[] {
    return Object.entries(this.#slice.read())
      .filter(([, all]) => all.some((each) => each.writable && each.owner === owner && each.volume === volume))
      .map(([service]) => service);
  }

  async add(service: string, mount: Mounted): Promise<void> {
    const known = this.of(service).find(({ location }) => location === mount.location);
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(mount)) return;
    await this.#slice.commit('service.mount', (draft) => {
      const others = (draft[service] ?? []).filter(({ location }) => location !== mount.location);
      draft[service] = [...others, mount];
    });
  }

  /** Its container is gone, or made anew. */
  async clear(service: string): Promise<void> {
    if (this.of(service).length === 0) return;
    await this.#slice.commit('service.unmount', (draft) => {
      delete draft[service];
    });
  }
}

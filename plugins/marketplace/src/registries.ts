/** The registries of this server: its own folder, the catalog of the release, and what the owner added. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log, Places, Slice } from '@hearth/contract';
import { HearthError } from '@hearth/contract';
import { errors } from './errors.ts';
import { fileRegistry } from './file-registry.ts';
import type { Offer, Registry } from './offer.ts';
import { recipeRegistry } from './recipe-registry.ts';
import type { MarketplaceState } from './state.ts';

export interface Shelf {
  readonly registry: Registry;
  readonly name: string;
  readonly offers: readonly Offer[];
}

export interface Registries {
  list(): readonly Registry[];
  find(url: string): Registry;
  add(url: string): Promise<number>;
  remove(url: string): Promise<number>;
  /** What all of them offer; one that cannot be read is left out and noted. */
  shelves(signal: AbortSignal): Promise<readonly Shelf[]>;
}

/** One address for one registry: a folder ends with a slash. */
export function registryAddress(text: string): string {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
  const allowed = url !== null && ['file:', 'http:', 'https:'].includes(url.protocol);
  if (!allowed || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw errors.registryAddress({ url: text });
  }
  if (url.protocol === 'file:' && url.host !== '') throw errors.registryAddress({ url: text });
  return url.href;
}

/** `carried` are addresses the configuration names. Throws `marketplace.registryAddress` for one that is none. */
export function createRegistries(
  places: Places,
  state: Slice<MarketplaceState>,
  log: Log,
  carried: readonly string[] = [],
): Registries {
  const own = pathToFileURL(`${join(places.data, 'registry')}/`).href;
  const fixed: readonly Registry[] = [
    fileRegistry(own, { fixed: true, name: 'This server' }),
    ...carried.map((address) => fileRegistry(registryAddress(address), { fixed: true })),
    recipeRegistry(join(places.runtime, 'catalog'), log),
  ];
  const list = (): readonly Registry[] => [
    ...fixed,
    ...Object.entries(state.read().registries).map(([url, { name }]) => fileRegistry(url, { fixed: false, name })),
  ];
  const note = (problems: MarketplaceState['problems']): Promise<unknown> => {
    if (JSON.stringify(state.read().problems) === JSON.stringify(problems)) return Promise.resolve();
    return state.commit('marketplace.list', (draft) => {
      draft.problems = problems;
    });
  };

  return {
    list,
    find(url) {
      const found = list().find((registry) => registry.url === url);
      if (found === undefined) throw errors.unknownRegistry({ url });
      return found;
    },
    async add(text) {
      const url = registryAddress(text);
      if (list().some((registry) => registry.url === url)) throw errors.registryKnown({ url });
      const name = await fileRegistry(url, { fixed: false }).name();
      return state.commit('registry.add', ({ registries }) => {
        registries[url] = { name, addedAt: Date.now() };
      });
    },
    remove(url) {
      if (this.find(url).fixed) throw errors.registryFixed({ url });
      return state.commit('registry.remove', ({ registries, problems }) => {
        delete registries[url];
        delete problems[url];
      });
    },
    async shelves(signal) {
      const problems: MarketplaceState['problems'] = {};
      const shelves = await Promise.all(
        list().map(async (registry): Promise<Shelf | null> => {
          try {
            return { registry, name: await registry.name(), offers: await registry.offers(signal) };
          } catch (error) {
            signal.throwIfAborted();
            const { code, message } = HearthError.from(error);
            problems[registry.url] = { code, message };
            return null;
          }
        }),
      );
      await note(problems);
      return shelves.filter((shelf) => shelf !== null);
    },
  };
}

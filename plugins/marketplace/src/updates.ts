/** Which installed services could be newer. Looked at after start, after each installation, and every few hours. */
import { localise, type Services, type Slice } from '@hearth/contract';
import { updateFor } from './choose.ts';
import type { Registries } from './registries.ts';
import type { MarketplaceState } from './state.ts';

export function createUpdates(services: Services, registries: Registries, state: Slice<MarketplaceState>) {
  return async (signal: AbortSignal): Promise<void> => {
    const shelves = await registries.shelves(signal);
    const updates: MarketplaceState['updates'] = {};
    for (const row of services.list()) {
      const update = updateFor(shelves, row);
      if (update === null) continue;
      const { version, releaseNotes } = update.offered;
      updates[row.id] = { version, registry: update.registry, releaseNotes: localise(releaseNotes, 'en_US') };
    }
    await state.commit('marketplace.check', (draft) => {
      draft.updates = updates;
      draft.checkedAt = Date.now();
    });
  };
}

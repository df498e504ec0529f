/** What other plugins may see. */
export type { MarketplaceState } from './state.ts';
export { registryIndex, type RegistryIndex } from './registry-index.ts';

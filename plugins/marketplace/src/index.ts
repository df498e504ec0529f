export { marketplacePlugin } from './plugin.ts';

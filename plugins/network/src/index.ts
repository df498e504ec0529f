export { networkPlugin } from './plugin.ts';

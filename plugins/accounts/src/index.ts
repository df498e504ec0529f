export { accountsPlugin } from './plugin.ts';

export { backupPlugin } from './plugin.ts';

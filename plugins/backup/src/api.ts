/** All another plugin may know of backups: the shape of the public state. */
export type { BackupRun, BackupState, BackupTarget } from './state.ts';

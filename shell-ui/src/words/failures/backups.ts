import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

export function backupFailures(): FailureTable {
  return {
    'engine.repositoryForbidden': {
      text: msg('Backups cannot be kept in “{path}”: {why}.'),
      more: msg('Choose a folder of its own, best on another disk.'),
    },
    'engine.repositoryMissing': {
      text: msg('There are no backups in “{path}”.'),
      more: msg('Is the disk connected and mounted?'),
    },
    'engine.repositoryPassword': {
      text: msg('The folder was used with another password.'),
      more: msg('Use the password it was first used with.'),
    },
    'engine.repositoryLocked': {
      text: msg('Another backup is using “{path}”.'),
      more: msg('Wait until it is over.'),
    },
    'engine.repositoryFull': {
      text: msg('There is no room left in “{path}”.'),
      more: msg('Make room there, or use a larger disk.'),
    },
    'engine.repositoryDamaged': {
      text: msg('The backups in “{path}” are damaged.'),
      more: msg('Use another place from now on; do not delete this one yet.'),
    },
    'engine.snapshotMissing': { text: msg('That backup is not there any more.') },
    'engine.snapshotOfAnother': { text: msg('That backup is of another service.') },
  };
}

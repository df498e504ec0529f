import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

export function backupFailures(): FailureTable {
  return {
    'backup.unknownTarget': { text: msg('That place for backups is not known any more.') },
    'backup.targetKnown': { text: msg('That folder is a place for backups already.') },
    'backup.placeKnown': { text: msg('That is a place for backups already: “{target}”.') },
    'backup.unknownKind': {
      text: msg('There is no such kind of place any more.'),
      more: msg('Is the plugin that brings it installed?'),
    },
    'backup.kindUnavailable': {
      text: msg('“{kind}” cannot be used now: {reason}.'),
      more: msg('Look at the plugin that brings it, under System.'),
    },
    'backup.badSettings': { text: msg('“{field}” is not right: {reason}.') },
    'backup.settingsOutdated': {
      text: msg('The plugin that brings “{target}” needs to know more by now.'),
      more: msg('Forget the place and add it again; the backups stay.'),
    },
    'backup.targetUnavailable': {
      text: msg('“{target}” cannot be used now: {reason}.'),
      more: msg('Look at the plugin that brings it, under System.'),
    },
    'backup.targetFailed': { text: msg('“{target}” cannot be used: {reason}.') },
    'backup.wrongSize': {
      text: msg('The place gave back another number of bytes than it told.'),
      more: msg('Tell the author of the plugin that brings it.'),
    },
    'backup.tooManyBlobs': { text: msg('The place holds more than Hearth can list.') },
    'backup.targetBusy': { text: msg('A backup to this place is running.'), more: msg('Wait until it is over.') },
    'backup.folderMissing': {
      text: msg('There is no folder “{path}” on the server.'),
      more: msg('Make it first. Is the disk connected and mounted?'),
    },
    'backup.notFolder': { text: msg('“{path}” is not a folder.') },
    'backup.insideData': {
      text: msg('“{path}” lies where the data itself is.'),
      more: msg('A backup there would be lost together with it. Choose a folder on another disk.'),
    },
    'backup.unknownService': { text: msg('“{service}” is not installed.') },
    'backup.nothingToDo': { text: msg('There is nothing to back up yet.'), more: msg('Install a service first.') },
    'backup.noSnapshot': { text: msg('There is no backup of “{service}” in this place.') },
    'backup.snapshotOfAnother': { text: msg('That backup is of another service.') },
    'backup.stillInstalled': {
      text: msg('“{service}” is installed.'),
      more: msg('Uninstall it together with its data first, then restore: the backup stays.'),
    },
    'backup.damaged': {
      text: msg('The backup of “{service}” is damaged.'),
      more: msg('Try an older one, or one from another place.'),
    },
    'backup.allFailed': { text: msg('No service could be backed up: {reason}') },
    'engine.noRoomToRestore': {
      text: msg('There is no room for what the backup holds: {needed} bytes are needed, {free} are free.'),
      more: msg('Make room on the disk first.'),
    },
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

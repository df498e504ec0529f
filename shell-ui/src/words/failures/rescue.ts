import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

/** What keeps Hearth itself from starting: told by the boot report, and by the page of a server in distress. */
export function rescueFailures(): FailureTable {
  const repair = msg('Repair the state, or go back to a snapshot of it.');
  const newer = msg('Install the newer release again, or go back to a snapshot from before it.');
  const release = msg('This release of Hearth is at fault: install another one, and send its maker a support bundle.');
  const config = msg('Correct it and start Hearth again.');
  return {
    'recovery.noSnapshot': { text: msg('There is no such snapshot of the state any more.') },
    'recovery.snapshotDamaged': {
      text: msg('This snapshot of the state is damaged.'),
      more: msg('Choose another one.'),
    },
    'recovery.notDamaged': { text: msg('Nothing is wrong with the state: there is nothing to repair.') },
    'state.journalUnreadable': { text: msg('The state of the server cannot be opened: {reason}'), more: repair },
    'state.journalDamaged': { text: msg('The state of the server is damaged on the disk.'), more: repair },
    'state.journalGap': { text: msg('A part of the state of the server is missing.'), more: repair },
    'state.replayFailed': { text: msg('The state of the server contradicts itself.'), more: repair },
    'state.journalTooNew': { text: msg('A newer release of Hearth wrote the state of this server.'), more: newer },
    'state.sliceTooNew': { text: msg('A newer release of Hearth wrote “{slice}” into the state.'), more: newer },
    'state.sliceInvalid': { text: msg('“{slice}” in the state cannot be understood: {path} {reason}'), more: repair },
    'state.migrationMissing': { text: msg('This release cannot read “{slice}” of the one before.'), more: release },
    'state.migrationFailed': { text: msg('“{slice}” could not be brought up to date: {reason}'), more: release },
    'state.journalLocked': { text: msg('Hearth runs already on this data folder.') },
    'state.sliceTaken': { text: msg('Two parts of Hearth want to be called “{slice}”.'), more: release },
    'state.forbiddenKey': { text: msg('“{key}” cannot be the name of anything.') },
    'state.notPlain': { text: msg('The server cannot keep a value like this.') },
    'state.tooDeep': { text: msg('This is nested too deep to be kept.') },
    'state.draftClosed': { text: msg('A part of Hearth changes the state in a wrong way.'), more: release },
    'state.draftDetached': { text: msg('A part of Hearth changes the state in a wrong way.'), more: release },
    'state.draftAsync': { text: msg('A part of Hearth changes the state in a wrong way.'), more: release },
    'kernel.configUnreadable': { text: msg('The settings in {file} cannot be read: {reason}'), more: config },
    'kernel.configInvalid': { text: msg('The setting “{key}” from {source} is wrong: {reason}'), more: config },
    'kernel.pluginTwice': { text: msg('The plugin “{plugin}” is there twice.'), more: release },
    'kernel.pluginReserved': { text: msg('No plugin may be called “{plugin}”.'), more: release },
    'kernel.needTwice': { text: msg('The plugins “{plugin}” and “{other}” do the same.'), more: release },
    'kernel.needMissing': {
      text: msg('The plugin “{plugin}” needs something that is not there: {need}.'),
      more: release,
    },
    'kernel.needCircle': {
      text: msg('These plugins need each other before they can start: {plugins}.'),
      more: release,
    },
    'kernel.methodTwice': { text: msg('Two plugins offer “{method}”.'), more: release },
    'kernel.routeTwice': { text: msg('Two plugins offer the page “{path}”.'), more: release },
    'kernel.notProvided': { text: msg('The plugin “{plugin}” does not offer what it promised.'), more: release },
    'kernel.noSlice': { text: msg('The plugin “{plugin}” keeps what it has not declared.'), more: release },
    'kernel.engineAnswer': {
      text: msg('The part of Hearth that runs containers gave an answer that cannot be used.'),
      more: release,
    },
    'kernel.socketTaken': { text: msg('Hearth cannot listen at {path}: {reason}') },
  };
}

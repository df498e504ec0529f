import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

/** Building packages and reading versions. */
export function marketFailures(): FailureTable {
  const packager = msg('This is for its packager to mend.');
  const version = { text: msg('A version cannot be read.'), more: packager };
  return {
    'pack.noRecipe': { text: msg('There is no recipe in {folder}.') },
    'pack.recipeInvalid': { text: msg('The recipe is not valid: {reason}'), more: packager },
    'pack.fileMissing': { text: msg('The recipe lacks {file}.'), more: packager },
    'pack.scriptInvalid': { text: msg('The package’s script cannot be used: {reason}'), more: packager },
    'pack.manifestDisagrees': { text: msg('Script and recipe disagree: {reason}'), more: packager },
    'pack.toolMissing': {
      text: msg('{tool} is missing on the server.'),
      more: msg('Install the Debian package {package}, then try again.'),
    },
    'pack.toolFailed': { text: msg('{tool} failed: {reason}'), more: msg('The server’s log has all it said.') },
    'pack.noSources': {
      text: msg('The server knows no Debian mirror to build from.'),
      more: msg('Check /etc/apt on the server, and its way to the internet.'),
    },
    'pack.noSubordinateIds': {
      text: msg('The server may not build images yet.'),
      more: msg('Start Hearth once more as root: it sets this up.'),
    },
    'pack.architectureUnknown': { text: msg('Images for {architecture} cannot be built on this machine.') },
    'pack.cancelled': { text: msg('Building was cancelled.') },
    'exver.syntax': version,
    'exver.leadingZero': version,
    'exver.numberTooLarge': version,
    'exver.tooLong': version,
    'exver.tooDeep': version,
  };
}

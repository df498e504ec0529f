import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

/** A package that cannot be opened or trusted: many ways, few things the owner can do about them. */
export function archiveFailures(): FailureTable {
  const cut = {
    text: msg('The package is cut short.'),
    more: msg('Download it again; nothing was installed.'),
  };
  const damaged = {
    text: msg('The package is damaged or was tampered with.'),
    more: msg('Nothing was installed. Get it again from a source you trust.'),
  };
  const malformed = {
    text: msg('This file is no sound package.'),
    more: msg('Nothing was installed. Ask its packager.'),
  };
  const lost = { text: msg('The package could not be read to its end.'), more: msg('Try again.') };
  const table: Record<string, FailureTable[string]> = {
    's9pk.badMagic': { text: msg('This is not an S9PK package.'), more: msg('Choose a file that ends in .s9pk.') },
    's9pk.unsupportedVersion': { text: msg('This package has format {version}, which is not supported.') },
    's9pk.badSignature': {
      text: msg('The signature of the package is wrong.'),
      more: msg('It was not made by who it claims, or was changed since. Nothing was installed.'),
    },
    's9pk.commitmentMismatch': {
      text: msg('This is not the package that was promised.'),
      more: msg('It may have been tampered with. Nothing was installed.'),
    },
    's9pk.architectureAbsent': { text: msg('This package is not made for this kind of machine.') },
    's9pk.remoteRefused': {
      text: msg('The registry did not hand out the package (answer {status}).'),
      more: msg('Try again later.'),
    },
    's9pk.remoteTooLarge': { text: msg('The package is larger than announced.'), more: msg('Nothing was installed.') },
    's9pk.badKey': { text: msg('The signing key cannot be read: {reason}.') },
    's9pk.unpackable': { text: msg('“{path}” cannot be packed: {reason}.') },
    's9pk.contentChanged': { text: msg('“{path}” changed while it was packed.'), more: msg('Try again.') },
    's9pk.destinationExists': { text: msg('“{path}” exists already.') },
  };
  const put = (words: FailureTable[string], codes: readonly string[]): void => {
    for (const code of codes) table[`s9pk.${code}`] = words;
  };
  put(cut, ['truncated', 'tocTruncated', 'outOfBounds']);
  put(damaged, ['hashMismatch', 'tocHashMismatch', 'tocLargerThanSigned', 'overlap']);
  put(malformed, [
    'rootTocTooLarge',
    'tocTooLarge',
    'tocBudgetExceeded',
    'tooManyEntries',
    'tooDeep',
    'countTooLarge',
    'varintTooLong',
    'varintNotShortest',
    'numberTooLarge',
    'trailingBytes',
    'badName',
    'duplicateName',
    'badType',
    'fileTooLarge',
    'entryNotFound',
    'entryMissing',
    'notAFile',
    'packageIncomplete',
    'packageAmbiguous',
    'packageStray',
    'manifestInvalid',
  ]);
  put(lost, ['sourceUnreadable', 'sourceChanged']);
  return table;
}

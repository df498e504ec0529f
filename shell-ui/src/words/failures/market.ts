import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

/** Building packages and reading versions. */
export function marketFailures(): FailureTable {
  const packager = msg('This is for its packager to mend.');
  const version = { text: msg('A version cannot be read.'), more: packager };
  return {
    'marketplace.notFound': { text: msg('No registry offers “{id}”.') },
    'marketplace.unknownRegistry': { text: msg('There is no registry {url}.') },
    'marketplace.registryKnown': { text: msg('That registry is there already.') },
    'marketplace.registryFixed': { text: msg('That registry belongs to this server and stays.') },
    'marketplace.registryAddress': {
      text: msg('That is no address of a registry.'),
      more: msg('It begins with https://, http:// or file:///.'),
    },
    'marketplace.registryUnreachable': {
      text: msg('The registry {url} does not answer.'),
      more: msg('Check the server’s way to the internet, or try again later.'),
    },
    'marketplace.registryInvalid': { text: msg('What {url} offers is no registry.') },
    'marketplace.wrongArchitecture': { text: msg('“{id}” is not offered for this kind of machine.') },
    'marketplace.signatureWrong': {
      text: msg('A signature of “{id}” in the registry is wrong.'),
      more: msg('Nothing was installed. Tell whoever keeps the registry.'),
    },
    'marketplace.signerChanged': {
      text: msg('This update of “{id}” is signed by another key than the one you know.'),
      more: msg('Install it only if the publisher told you so.'),
    },
    'marketplace.signerUnlisted': {
      text: msg('The package that came is signed by somebody the registry did not name.'),
      more: msg('It may have been tampered with. Nothing was installed.'),
    },
    'marketplace.manifestUnreadable': {
      text: msg('The package cannot be read: {reason}'),
      more: msg('Tell whoever made it.'),
    },
    'marketplace.buildFailed': {
      text: msg('Building “{id}” failed: {reason}'),
      more: msg('Check the server’s way to the internet and try again; what was done is not lost.'),
    },
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
    'pack.archiveInvalid': { text: msg('The image archive {file} cannot be used: {reason}'), more: packager },
    'pack.rootfsInvalid': { text: msg('The root file system {file} cannot be used: {reason}'), more: packager },
    'pack.layerInvalid': { text: msg('The layer {layer} cannot be used: {reason}'), more: packager },
    'pack.noBuilder': {
      text: msg('The server has no program that builds a Dockerfile.'),
      more: msg('Install the Debian package buildah, then try again.'),
    },
    'pack.registryInvalid': { text: msg('Cannot publish to the registry: {reason}'), more: packager },
    'pack.folderTaken': { text: msg('The folder {folder} is not empty.') },
    'pack.idInvalid': {
      text: msg('“{id}” cannot be the name of a package.'),
      more: msg('Small letters and digits, in words joined by hyphens.'),
    },
    'pack.cancelled': { text: msg('Building was cancelled.') },
    'exver.syntax': version,
    'exver.leadingZero': version,
    'exver.numberTooLarge': version,
    'exver.tooLong': version,
    'exver.tooDeep': version,
  };
}

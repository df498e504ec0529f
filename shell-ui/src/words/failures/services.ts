import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

export function serviceFailures(): FailureTable {
  const log = msg('Its log tells more. If it happens again, tell the packager.');
  const retry = msg('Try again in a moment.');
  return {
    'services.notInstalled': { text: msg('“{service}” is not installed.') },
    'services.notReady': {
      text: msg('The server has just started and is still looking at its services.'),
      more: retry,
    },
    'services.illegalMove': { text: msg('That cannot be done with “{service}” now.'), more: retry },
    'services.busy': {
      text: msg('“{service}” is busy.'),
      more: msg('Wait until what it does is over.'),
    },
    'services.notRunning': { text: msg('Only a running service can be restarted.'), more: msg('Start it instead.') },
    'services.limitTooLarge': {
      text: msg('That is more memory than the server has.'),
      more: msg('Choose less.'),
    },
    'services.diskLimit': {
      text: msg('“{service}” took more disk than it may, and was stopped.'),
      more: msg('Remove what it does not need, or give it more under “Limits”, then start it.'),
    },
    'services.cannotLook': {
      text: msg('This source cannot show beforehand what it would bring.'),
    },
    'services.notAsPlanned': {
      text: msg('What arrived for “{service}” is not what you were shown.'),
      more: msg('Nothing was changed. Look at it again, then decide anew.'),
    },
    'services.noSpaceAside': {
      text: msg('There is no room to put the data of “{title}” aside before the update.'),
      more: msg('It takes {needed} bytes; {free} are free. Make room, then try again.'),
    },
    'services.notHealthy': {
      text: msg('The new version of “{service}” did not work: {reason}.'),
      more: msg('The version before it runs again, with its data as it was.'),
    },
    'services.inputInvalid': {
      text: msg('Some of what you filled in does not fit: {reason}.'),
    },
    'services.taskOpen': {
      text: msg('“{service}” needs you before it can start.'),
      more: msg('Do what stands under “Waiting for you”.'),
    },
    'services.containerGone': { text: msg('“{service}” ended unexpectedly.'), more: log },
    'services.guestSilent': {
      text: msg('“{service}” does not answer.'),
      more: msg('Restart it. If that does not help, rebuild it: its data stays.'),
    },
    'services.guestSlow': { text: msg('“{service}” took too long.'), more: log },
    'services.scriptFailed': { text: msg('The package of “{service}” failed: {details}'), more: log },
    'services.guestAnswer': { text: msg('The package of “{service}” gave an answer that makes no sense.'), more: log },
    'services.alreadyInstalled': {
      text: msg('“{service}” is installed.'),
      more: msg('Uninstall it first, then restore.'),
    },
    'services.dataKept': {
      text: msg('There is still data of an earlier “{service}”.'),
      more: msg('Install it to use that data, or uninstall it together with its data; then restore.'),
    },
    'services.unknownSource': {
      text: msg('The package’s source is gone.'),
      more: msg('Look for it in the marketplace again.'),
    },
    'services.sourceTwice': { text: msg('Two parts of the server want to be the same source of packages.') },
    'services.noFill': { text: msg('There is nothing to restore there.') },
    'services.noSpace': {
      text: msg('There is not enough room on the disk for “{title}”.'),
      more: msg('Uninstall what you do not need, or use a larger disk.'),
    },
    'services.tooMany': { text: msg('All {limit} places for services are taken.'), more: msg('Uninstall one first.') },
    'services.wrongPackage': {
      text: msg('This is not the package it should be: it holds “{found}”.'),
      more: msg('Do not use this source.'),
    },
    'services.wrongCommitment': {
      text: msg('This is not the package its source promised.'),
      more: msg('It may have been tampered with. Nothing was installed.'),
    },
    'services.wrongArchitecture': { text: msg('“{service}” is not made for this kind of machine.') },
    'services.needsMemory': { text: msg('“{service}” needs more memory than this machine has.') },
    'services.needsNewer': {
      text: msg('“{service}” needs a newer system ({wanted}).'),
      more: msg('Update Hearth, or choose an older version of the service.'),
    },
    'services.needsFeature': { text: msg('“{service}” needs {feature}, which this machine does not have.') },
    'services.sameVersion': { text: msg('This very version is installed.') },
    'services.cannotMigrate': {
      text: msg('There is no way from version {from} to {to}.'),
      more: msg('The new one takes over from {takesFrom} only. Choose a version in between first.'),
    },
    'services.fileTooLarge': {
      text: msg('The file is too large for “{service}”.'),
      more: msg('It may have {limit} bytes.'),
    },
    'services.uploadMissing': { text: msg('The uploaded file is gone.'), more: msg('Choose it again.') },
    'services.needsOthers': {
      text: msg('“{service}” needs {others} to run.'),
      more: msg('Start that first.'),
    },
    'services.halted': { text: msg('The server is being turned off.'), more: msg('Try again when it is back.') },
    'services.notInstalling': { text: msg('“{service}” is not being installed.') },
    'services.unknownAction': { text: msg('“{service}” does not offer this any more.') },
    'services.actionDisabled': { text: msg('Not now: {reason}') },
    'services.actionNotNow': { text: msg('This can be done only while the service is {wanted}.') },
    'services.unknownTask': { text: msg('That is done already.') },
    'services.taskCritical': { text: msg('This cannot be dismissed: the service needs it.') },
    'jobs.notFound': { text: msg('That work is over and forgotten.') },
    'jobs.unknownKind': { text: msg('The server does not know this kind of work any more.') },
    'jobs.alreadyDefined': { text: msg('Two parts of the server want to do the same kind of work.') },
    'jobs.serviceBusy': {
      text: msg('“{service}” has other work to finish: {title}.'),
      more: msg('Wait for it, or cancel it.'),
    },
    'jobs.pastNoReturn': { text: msg('It is too late to cancel: it will be done in a moment.') },
    'jobs.finished': { text: msg('It is over already.') },
    'jobs.cancelled': { text: msg('Cancelled; everything was taken back.') },
    'jobs.interrupted': {
      text: msg('The server stopped in the middle; everything was taken back.'),
      more: msg('Begin again.'),
    },
    'jobs.closing': { text: msg('The server is stopping.'), more: retry },
  };
}

import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

/** The machine below the services. */
export function systemFailures(): FailureTable {
  const again = msg('Try again. If it stays so, restart Hearth.');
  const full = msg('Look at System → Health: the disk may be full or failing.');
  return {
    'engine.disconnected': { text: msg('The part of Hearth that runs containers is away.'), more: again },
    'engine.stopping': { text: msg('Hearth is stopping.'), more: msg('Try again when it is back.') },
    'engine.commandMissing': {
      text: msg('{command} is missing on the server.'),
      more: msg('Start Hearth with “npm start”: it installs what is missing.'),
    },
    'engine.commandFailed': { text: msg('{command} failed on the server: {words}') },
    'engine.commandTooSlow': { text: msg('{command} took too long on the server.'), more: again },
    'engine.containerStartFailed': { text: msg('The container of “{service}” did not start: {words}') },
    'engine.containerStopFailed': { text: msg('The container of “{service}” does not end.'), more: again },
    'engine.containerStopped': {
      text: msg('The container of “{service}” does not run.'),
      more: msg('Start the service.'),
    },
    'engine.serviceRunning': { text: msg('“{service}” is running.'), more: msg('Stop it first.') },
    'engine.imageMissing': {
      text: msg('An image of “{service}” is missing.'),
      more: msg('Rebuild the service: its data stays.'),
    },
    'engine.imageRefused': { text: msg('An image in the package cannot be used: {words}') },
    'engine.mountFailed': { text: msg('A folder of the service could not be mounted: {words}'), more: again },
    'engine.mountBusy': { text: msg('A folder of the service is still in use.'), more: again },
    'engine.addressTaken': { text: msg('Address {address} is taken by {holder}.') },
    'engine.bridgeTaken': { text: msg('The network {bridge} belongs to something else on this machine.') },
    'engine.proxyRefused': { text: msg('The web proxy did not take its settings: {words}') },
    'engine.proxyFailed': { text: msg('The web proxy did not start: {words}') },
    'engine.namesFailed': { text: msg('Names of services cannot be served: {words}') },
    'kernel.engineAway': { text: msg('The part of Hearth that runs containers is away.'), more: again },
    'kernel.waiting': {
      text: msg('This is not up yet: the part of Hearth that runs containers is away.'),
      more: again,
    },
    'kernel.deadline': { text: msg('This took too long: {what}.'), more: again },
    'kernel.dependencyFailed': { text: msg('Left out, because “{because}” did not start.') },
    'state.closed': { text: msg('The server is stopping.'), more: msg('Try again when it is back.') },
    'state.notDurable': { text: msg('The change could not be written to the disk, so it was not made.'), more: full },
    'state.invalid': { text: msg('The server does not accept this.') },
    'network.unknownHostname': { text: msg('“{hostname}” is no name of this service.') },
    'network.tooManyCertificates': { text: msg('“{service}” has as many certificates as it may have.') },
    'network.unusablePath': {
      text: msg('The web proxy cannot use the folder “{path}”.'),
      more: msg('Choose a data folder without odd characters in its name.'),
    },
    'network.portTaken': { text: msg('Port {port} of this machine is taken.') },
    'network.notReady': { text: msg('The certificates are still being made.'), more: msg('Try again in a moment.') },
    'mail.notSet': { text: msg('No mail server is set.'), more: msg('Set one at System → General.') },
    'mail.unreachable': {
      text: msg('The mail server “{host}” cannot be reached: {words}'),
      more: msg('Look at its name and port, and whether the server is online.'),
    },
    'mail.untrusted': {
      text: msg('The mail server “{host}” cannot be trusted: {words}'),
      more: msg('Nothing was sent. Look at its name, its port and the encryption that goes with it.'),
    },
    'mail.loginRefused': {
      text: msg('The mail server “{host}” does not let you in: {words}'),
      more: msg('Look at user name and password; some providers want a password made for programs.'),
    },
    'mail.refused': { text: msg('The mail server “{host}” does not take the message: {words}') },
    'notifications.unknown': { text: msg('That notification is gone already.') },
  };
}

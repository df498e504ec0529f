import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

/** Between the page and the server. */
export function linkFailures(): FailureTable {
  const wait = msg('Wait a moment and try again.');
  const reload = msg('Reload the page: it may be older than the server.');
  return {
    'link.unreachable': {
      text: msg('Your server does not answer.'),
      more: msg('Check that it is switched on and that you are on the same network, then try again.'),
    },
    'link.unreadable': {
      text: msg('The server gave an answer this page cannot read.'),
      more: msg('It may be starting. Wait a moment and reload the page.'),
    },
    'link.page': { text: msg('Something went wrong on this page.'), more: msg('Reload it and try again.') },
    'hearth.internal': {
      text: msg('Something went wrong inside the server.'),
      more: msg('Nothing half-done is left behind. Try again; the log of the server has the details.'),
    },
    'hearth.cancelled': { text: msg('Cancelled.') },
    'rpc.unknownMethod': { text: msg('The server does not know how to do this.'), more: reload },
    'rpc.signInFirst': { text: msg('You are not logged in any more.'), more: msg('Log in again.') },
    'rpc.notAllowed': { text: msg('You may not do this.'), more: msg('Ask the owner of the server.') },
    'rpc.outOfScope': { text: msg('The token in use was not made for this.') },
    'rpc.invalidInput': { text: msg('The server does not accept this: {reason}.') },
    'rpc.invalidOutput': { text: msg('The server made an answer it cannot send.'), more: reload },
    'rpc.deadline': { text: msg('This took too long.'), more: wait },
    'rpc.wrongHost': {
      text: msg('The server does not go by the name in your address bar.'),
      more: msg('Open it by its own name or its number on the network.'),
    },
    'rpc.wrongOrigin': {
      text: msg('The server listens to its own pages only.'),
      more: msg('Open it by its own name or its number on the network.'),
    },
    'rpc.tooLarge': { text: msg('That is larger than the server takes.') },
    'rpc.wrongType': { text: msg('The server does not take this kind of file.') },
    'rpc.stopping': { text: msg('The server is stopping.'), more: wait },
    'rpc.tooManySockets': {
      text: msg('Too many pages of this server are open.'),
      more: msg('Close some of them.'),
    },
    'rpc.helloExpected': { text: msg('The line to the server was too slow.'), more: wait },
    'rpc.noPointer': { text: msg('That is not there any more.'), more: reload },
    'rpc.uploadFailed': {
      text: msg('The file could not be kept.'),
      more: msg('Look at System → Health: the disk may be full.'),
    },
  };
}

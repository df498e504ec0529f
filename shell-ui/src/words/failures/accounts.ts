import { msg } from '@lit/localize';
import type { FailureTable } from '../failure-table.ts';

export function accountFailures(): FailureTable {
  return {
    'accounts.tooMuch': { text: msg('A token cannot make one that may do more than itself.') },
    'accounts.personOnly': { text: msg('This needs somebody who is logged in; a token will not do.') },
    'accounts.wrongPassword': {
      text: msg('That is not the password.'),
      more: msg('Mind capital letters. After a few tries the server makes you wait a little longer each time.'),
    },
    'accounts.wrongCode': {
      text: msg('That is not the code.'),
      more: msg('It was printed where Hearth was started, and is a new one after every start.'),
    },
    'accounts.tooManyAttempts': { text: msg('Too many tries. Wait {seconds} seconds, then try again.') },
    'accounts.alreadySetUp': { text: msg('This server is set up already.'), more: msg('Log in with its password.') },
    'accounts.notSetUp': { text: msg('This server is not set up yet.'), more: msg('Reload the page to begin.') },
    'accounts.privateOnly': {
      text: msg('A server is set up from its own network only.'),
      more: msg('Connect this device to the same network, and open the page by the server’s address there.'),
    },
    'accounts.busy': {
      text: msg('Too many devices are trying to log in just now.'),
      more: msg('Wait a moment and try again.'),
    },
    'accounts.noSession': { text: msg('You are not logged in.') },
    'accounts.oldPasswordNeeded': { text: msg('The present password is needed.') },
    'accounts.hashUnreadable': {
      text: msg('The stored password cannot be read.'),
      more: msg('As root on the server, set a new one with “hearth auth reset-password”.'),
    },
  };
}

import { msg } from '@lit/localize';

export interface FailureWords {
  readonly text: string;
  /** What to do. */
  readonly more?: string;
}

/** Read at the time of showing, so that a change of language shows at once. */
export function failureTable(): Readonly<Record<string, FailureWords>> {
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
  };
}

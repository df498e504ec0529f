import { msg } from '@lit/localize';
import type { TokenRow } from '../../link/methods.ts';

/** What somebody of this role may do, as a sentence. */
export function roleWords(role: TokenRow['role']): string {
  switch (role) {
    case 'owner':
      return msg('May do whatever you may');
    case 'admin':
      return msg('May run services');
    case 'viewer':
      return msg('May look');
  }
}

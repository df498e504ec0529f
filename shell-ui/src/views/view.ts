/** What every view starts from: its parts of the state, and calls whose outcome is told. */
import { CallError } from '../link/call-error.ts';
import { HearthElement } from '../elements/element.ts';
import { shell } from '../shell.ts';
import { Select } from '../state/select.ts';
import type { UiState } from '../state/slices.ts';
import { callFailureWords } from '../words/failures.ts';

export abstract class HearthView extends HearthElement {
  protected select<T>(selector: (state: UiState) => T): Select<UiState, T> {
    return new Select(this, shell.replica, selector);
  }

  /** Does it and says so; a failure is told in words, with what to do. Resolves with whether it went well. */
  protected async act(work: () => Promise<unknown>, done?: string): Promise<boolean> {
    try {
      await work();
      if (done !== undefined) shell.toasts.show('good', done);
      return true;
    } catch (cause) {
      const { text, more } = callFailureWords(CallError.from(cause));
      shell.toasts.show('bad', text, more);
      return false;
    }
  }
}

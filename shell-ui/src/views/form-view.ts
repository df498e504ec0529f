/** What every form of a view starts from: one call at a time, and its failure above the fields. */
import { html, nothing } from 'lit';
import '../elements/notice.ts';
import { CallError } from '../link/call-error.ts';
import { callFailureWords, type Failure } from '../words/failures.ts';
import { HearthView } from './view.ts';

export abstract class FormView extends HearthView {
  static override properties = {
    checked: { state: true },
    busy: { state: true },
    failure: { state: true },
  };
  /** Whether it was sent once: from then on the fields say what they lack. */
  declare protected checked: boolean;
  declare protected busy: boolean;
  declare private failure: Failure | null;

  constructor() {
    super();
    this.checked = false;
    this.busy = false;
    this.failure = null;
  }

  /** Why the last call failed, in words; stands above the fields. */
  protected notice(): unknown {
    if (this.failure === null) return nothing;
    const { text, more } = this.failure;
    return html`<hearth-notice tone="bad" heading=${text} text=${more ?? ''}></hearth-notice>`;
  }

  /** Sends what is `valid`, unless a call is under way. Resolves with whether it went well. */
  protected async send(event: Event, valid: boolean, work: () => Promise<unknown>): Promise<boolean> {
    event.preventDefault();
    this.checked = true;
    if (this.busy || !valid) return false;
    this.busy = true;
    this.failure = null;
    try {
      await work();
      this.checked = false;
      return true;
    } catch (cause) {
      this.failure = callFailureWords(CallError.from(cause));
      return false;
    } finally {
      this.busy = false;
    }
  }
}

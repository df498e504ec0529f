import { msg, str } from '@lit/localize';
import { html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/dialog.ts';
import '../../elements/form.ts';
import '../../elements/notice.ts';
import '../../elements/result.ts';
import '../../elements/skeleton.ts';
import { define } from '../../elements/element.ts';
import type { ActionInput, ActionResult } from '../../forms/action.ts';
import { type FormErrors, formErrors, type FormValue, startValue } from '../../forms/values.ts';
import { CallError } from '../../link/call-error.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { callFailureWords, type Failure } from '../../words/failures.ts';
import { HearthView } from '../view.ts';

/** Runs one action from warning to result. Open as long as it is on the page; emits `hearth-close`. */
export class RunAction extends HearthView {
  static override properties = {
    service: {},
    action: {},
    prefill: { attribute: false },
    input: { state: true },
    value: { state: true },
    errors: { state: true },
    busy: { state: true },
    failure: { state: true },
    result: { state: true },
    finished: { state: true },
  };
  static override styles = [base];
  declare service: string;
  declare action: string;
  declare prefill: Record<string, unknown> | null;
  declare input: ActionInput | null;
  declare value: FormValue;
  declare errors: FormErrors;
  declare busy: boolean;
  declare failure: Failure | null;
  declare result: ActionResult | null;
  declare finished: boolean;
  readonly #metadata = this.select(({ services }) => services?.[this.service]?.actions[this.action]);

  constructor() {
    super();
    this.service = '';
    this.action = '';
    this.prefill = null;
    this.input = null;
    this.value = {};
    this.errors = {};
    this.busy = false;
    this.failure = null;
    this.result = null;
    this.finished = false;
  }

  override firstUpdated(): void {
    if (this.#metadata.value?.hasInput === true) void this.#ask();
  }

  override render(): unknown {
    const metadata = this.#metadata.value;
    if (metadata === undefined) return nothing;
    const heading =
      this.finished && this.result?.version === '1' && this.result.title !== '' ? this.result.title : metadata.name;
    return html`<hearth-dialog heading=${heading} open>
      <div class="stack">
        ${
          this.failure === null
            ? nothing
            : html`<hearth-notice
              tone="bad"
              heading=${this.failure.text}
              text=${this.failure.more ?? ''}
            ></hearth-notice>`
        }
        ${this.finished ? this.#outcome() : this.#question(metadata.description, metadata.warning, metadata.hasInput)}
      </div>
      <hearth-button slot="footer" @click=${() => this.tell('hearth-close')}
        >${this.finished ? msg('Close') : msg('Not now')}</hearth-button
      >
      ${
        this.finished
          ? nothing
          : html`<hearth-button
            slot="footer"
            variant="primary"
            ?busy=${this.busy}
            ?disabled=${metadata.hasInput && this.input === null}
            @click=${this.#run}
            >${metadata.hasInput ? msg('Save and run') : msg('Run')}</hearth-button
          >`
      }
    </hearth-dialog>`;
  }

  #question(description: string, warning: string | null, hasInput: boolean): unknown {
    return html`${description === '' ? nothing : html`<p class="soft">${description}</p>`}
    ${warning === null ? nothing : html`<hearth-notice tone="warn" text=${warning}></hearth-notice>`}
    ${
      !hasInput
        ? nothing
        : this.input === null
          ? this.busy
            ? html`<hearth-skeleton rows="2"></hearth-skeleton>`
            : nothing
          : html`<hearth-form
            .spec=${this.input.spec}
            .value=${this.value}
            .errors=${this.errors}
            @hearth-value=${this.#change}
          ></hearth-form>`
    }`;
  }

  #outcome(): unknown {
    return this.result === null
      ? html`<hearth-notice tone="good" text=${msg('Done.')}></hearth-notice>`
      : html`<hearth-result .result=${this.result}></hearth-result>`;
  }

  async #ask(): Promise<void> {
    this.busy = true;
    try {
      this.input = await shell.rpc.call('package.action.get-input', {
        packageId: this.service,
        actionId: this.action,
        ...(this.prefill === null ? {} : { prefill: this.prefill }),
      });
      if (this.input !== null) this.value = startValue(this.input.spec, { ...this.input.value, ...this.prefill });
    } catch (cause) {
      this.failure = callFailureWords(CallError.from(cause));
    }
    this.busy = false;
  }

  readonly #change = (event: CustomEvent<FormValue>): void => {
    this.value = event.detail;
    if (Object.keys(this.errors).length > 0 && this.input !== null) {
      this.errors = formErrors(this.input.spec, this.value);
    }
  };

  readonly #run = async (): Promise<void> => {
    if (this.input !== null) {
      this.errors = formErrors(this.input.spec, this.value);
      if (Object.keys(this.errors).length > 0) {
        const count = Object.keys(this.errors).length;
        this.failure = {
          text: count === 1 ? msg('One thing needs another look.') : msg(str`${count} things need another look.`),
          more: null,
        };
        return;
      }
    }
    this.busy = true;
    this.failure = null;
    try {
      this.result = await shell.rpc.call('package.action.run', {
        packageId: this.service,
        actionId: this.action,
        ...(this.input === null ? {} : { eventId: this.input.eventId, input: this.value }),
      });
      this.finished = true;
    } catch (cause) {
      this.failure = callFailureWords(CallError.from(cause));
    }
    this.busy = false;
  };
}

define('hearth-run-action', RunAction);

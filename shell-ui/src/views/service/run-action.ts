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
import { type Difference, differences } from '../../forms/differences.ts';
import { withFilesSent } from '../../forms/files.ts';
import { type FormErrors, formErrors, type FormValue, startValue } from '../../forms/values.ts';
import { CallError } from '../../link/call-error.ts';
import { upload } from '../../link/upload.ts';
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
    changes: { state: true },
    affected: { state: true },
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
  /** What the task would change. */
  declare changes: readonly Difference[];
  /** Titles of others that would need the owner afterwards; null until that was asked. */
  declare affected: readonly string[] | null;
  /** What was shown, and for what. */
  #plan: { readonly id: string; readonly input: FormValue } | null = null;
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
    this.changes = [];
    this.affected = null;
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
        ${this.finished || this.affected === null || this.affected.length === 0 ? nothing : this.#warning(this.affected)}
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
            >${this.#word(metadata.hasInput)}</hearth-button
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
          : html`${this.#changes()}<hearth-form
            .spec=${this.input.spec}
            .value=${this.value}
            .known=${this.input.value}
            .errors=${this.errors}
            @hearth-value=${this.#change}
          ></hearth-form>`
    }`;
  }

  #word(hasInput: boolean): string {
    if (this.affected !== null && this.affected.length > 0) return msg('Save all the same');
    return hasInput ? msg('Save and run') : msg('Run');
  }

  #warning(titles: readonly string[]): unknown {
    return html`<hearth-notice tone="warn" heading=${msg('Others rely on what you change')}>
      <p>${msg(str`Afterwards these need you: ${titles.join(', ')}.`)}</p>
    </hearth-notice>`;
  }

  #changes(): unknown {
    if (this.changes.length === 0) return nothing;
    return html`<hearth-notice tone="info" heading=${msg('Filled in for you')}>
      <ul>
        ${this.changes.map(
          ({ name, before, after }) =>
            html`<li><strong>${name}</strong>: ${before ?? msg('nothing')} → ${after ?? msg('nothing')}</li>`,
        )}
      </ul>
    </hearth-notice>`;
  }

  #outcome(): unknown {
    return this.result === null
      ? html`<hearth-notice tone="good" text=${msg('Done.')}></hearth-notice>`
      : html`<hearth-result .result=${this.result}></hearth-result>`;
  }

  async #ask(): Promise<void> {
    this.busy = true;
    try {
      const asked = { packageId: this.service, actionId: this.action };
      const { prefill } = this;
      const now = prefill === null ? null : await shell.rpc.call('package.action.get-input', asked);
      const input = await shell.rpc.call('package.action.get-input', {
        ...asked,
        ...(prefill === null ? {} : { prefill }),
      });
      this.input = input;
      if (input !== null) {
        this.value = startValue(input.spec, { ...input.value, ...prefill });
        if (prefill !== null)
          this.changes = differences(input.spec, now?.value ?? null, { ...input.value, ...prefill });
      }
    } catch (cause) {
      this.failure = callFailureWords(CallError.from(cause));
    }
    this.busy = false;
  }

  readonly #change = (event: CustomEvent<FormValue>): void => {
    this.value = event.detail;
    this.#forgetPlan();
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
    if (this.input !== null && this.affected === null) {
      const affected = await this.#look(this.value);
      this.affected = affected;
      if (affected.length > 0) {
        this.busy = false;
        return;
      }
    }
    try {
      this.result = await shell.rpc.call('package.action.run', {
        packageId: this.service,
        actionId: this.action,
        ...(this.input === null ? this.#plain() : await this.#filledIn(this.input)),
      });
      this.finished = true;
    } catch (cause) {
      const error = CallError.from(cause);
      this.failure = callFailureWords(error);
      this.errors = problemsOf(error);
      this.#forgetPlan();
    }
    this.busy = false;
  };

  /** Whose tasks this would open. Where it cannot be told, nobody is warned. */
  async #look(input: FormValue): Promise<readonly string[]> {
    const asked = { action: 'configure', id: this.service, actionId: this.action, input } as const;
    const plan = await shell.rpc.call('package.plan', asked).catch(() => null);
    this.#plan = plan === null ? null : { id: plan.id, input };
    return (plan?.dependants ?? []).flatMap(({ title, effect }) => (effect === 'needsYou' ? [title] : []));
  }

  /** Without a form: what it is about is all it is told. */
  #plain(): { input?: FormValue } {
    return this.prefill === null ? {} : { input: this.prefill };
  }

  async #filledIn({ eventId }: ActionInput): Promise<{ eventId: string; input: FormValue; plan?: string }> {
    const input = await withFilesSent(this.value, (file) => upload(file, shell.session, () => undefined));
    const plan = this.#plan;
    // With a file in it, what is sent is not what the plan was asked for.
    const same = plan !== null && JSON.stringify(plan.input) === JSON.stringify(input);
    return { eventId, input, ...(same ? { plan: plan.id } : {}) };
  }

  #forgetPlan(): void {
    this.affected = null;
    this.#plan = null;
  }
}

/** What the server found wrong with the input, by the path of the field. */
function problemsOf(error: CallError): FormErrors {
  const { problems } = error.data;
  if (error.code !== 'services.inputInvalid' || !Array.isArray(problems)) return {};
  const found = (problems as { path?: unknown; message?: unknown }[]).flatMap(({ path, message }) =>
    typeof path === 'string' && typeof message === 'string' ? [[path, message]] : [],
  );
  return Object.fromEntries(found) as FormErrors;
}

define('hearth-run-action', RunAction);

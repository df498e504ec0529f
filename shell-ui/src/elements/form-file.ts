import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import { base } from '../styles/base.ts';
import { bytes } from '../words/numbers.ts';
import { define, HearthElement } from './element.ts';
import './button.ts';

/** A file of the owner's. The value is a `File`; it is sent when the form is. Emits `hearth-value`. */
export class HearthFormFile extends HearthElement {
  static override properties = {
    label: {},
    hint: {},
    error: {},
    value: { attribute: false },
    accept: { attribute: false },
    disabled: { type: Boolean },
  };
  static override styles = [
    base,
    css`
      label {
        display: block;
        margin-block-end: 0.4rem;
        font-weight: 600;
      }
      input {
        max-inline-size: 100%;
      }
      .error {
        display: block;
        margin-block-start: 0.35rem;
        color: var(--rose);
        font-size: 0.9rem;
        font-weight: 500;
      }
    `,
  ];
  declare label: string;
  declare hint: string;
  declare error: string;
  declare value: unknown;
  /** Extensions with their dot. */
  declare accept: readonly string[];
  declare disabled: boolean;

  constructor() {
    super();
    this.label = '';
    this.hint = '';
    this.error = '';
    this.accept = [];
    this.disabled = false;
  }

  override render(): unknown {
    const { value } = this;
    return html`<label for="file">${this.label}</label>
      <input
        id="file"
        type="file"
        accept=${this.accept.join(',')}
        ?disabled=${this.disabled}
        aria-describedby="hint"
        @change=${this.#chosen}
      />
      ${value instanceof File ? html`<p class="small soft">${bytes(value.size)}</p>` : nothing}
      ${this.#isSet() ? html`<p class="small soft">${msg('One is set already; choose another to replace it.')}</p>` : nothing}
      <p id="hint" class="small soft">${this.hint}</p>
      ${this.error === '' ? nothing : html`<span class="error" role="alert">${this.error}</span>`}`;
  }

  #isSet(): boolean {
    return typeof this.value === 'object' && this.value !== null && !(this.value instanceof File);
  }

  readonly #chosen = (event: Event): void => {
    const [file] = (event.target as HTMLInputElement).files ?? [];
    this.value = file ?? null;
    this.tell('hearth-value', this.value);
  };
}

define('hearth-form-file', HearthFormFile);

import '@awesome.me/webawesome/dist/components/textarea/textarea.js';
import type WaTextarea from '@awesome.me/webawesome/dist/components/textarea/textarea.js';
import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';

/** Many lines of text. Emits `hearth-input` with the text. */
export class HearthTextarea extends HearthElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override properties = {
    label: {},
    hint: {},
    error: {},
    value: {},
    placeholder: {},
    rows: { type: Number },
    disabled: { type: Boolean },
  };
  static override styles = [
    base,
    css`
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
  declare value: string;
  declare placeholder: string;
  declare rows: number;
  declare disabled: boolean;

  constructor() {
    super();
    this.label = '';
    this.hint = '';
    this.error = '';
    this.value = '';
    this.placeholder = '';
    this.rows = 4;
    this.disabled = false;
  }

  override render(): unknown {
    return html`<wa-textarea
        label=${this.label}
        hint=${this.hint === '' ? nothing : this.hint}
        placeholder=${this.placeholder === '' ? nothing : this.placeholder}
        rows=${this.rows}
        .value=${live(this.value)}
        ?disabled=${this.disabled}
        @input=${this.#input}
      ></wa-textarea>
      ${this.error === '' ? nothing : html`<span class="error" role="alert">${this.error}</span>`}`;
  }

  readonly #input = (event: Event): void => {
    this.value = (event.target as WaTextarea).value ?? '';
    this.tell('hearth-input', this.value);
  };
}

define('hearth-textarea', HearthTextarea);

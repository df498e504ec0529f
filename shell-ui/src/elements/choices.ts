import '@awesome.me/webawesome/dist/components/checkbox/checkbox.js';
import '@awesome.me/webawesome/dist/components/option/option.js';
import '@awesome.me/webawesome/dist/components/select/select.js';
import '@awesome.me/webawesome/dist/components/switch/switch.js';
import type WaSelect from '@awesome.me/webawesome/dist/components/select/select.js';
import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';

const styles = [
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

export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly disabled?: boolean;
}

/** One of several. Emits `hearth-input` with the value. */
export class HearthSelect extends HearthElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override properties = {
    label: {},
    hint: {},
    error: {},
    value: {},
    choices: { attribute: false },
    disabled: { type: Boolean },
  };
  static override styles = styles;
  declare label: string;
  declare hint: string;
  declare error: string;
  declare value: string;
  declare choices: readonly Choice[];
  declare disabled: boolean;

  constructor() {
    super();
    this.label = '';
    this.hint = '';
    this.error = '';
    this.value = '';
    this.choices = [];
    this.disabled = false;
  }

  override render(): unknown {
    return html`<wa-select
        label=${this.label}
        hint=${this.hint === '' ? nothing : this.hint}
        .value=${live(this.value)}
        ?disabled=${this.disabled}
        @change=${this.#change}
      >
        ${this.choices.map(
          ({ value, text, disabled }) =>
            html`<wa-option value=${value} ?disabled=${disabled === true}>${text}</wa-option>`,
        )}
      </wa-select>
      ${this.error === '' ? nothing : html`<span class="error" role="alert">${this.error}</span>`}`;
  }

  readonly #change = (event: Event): void => {
    const { value } = event.target as WaSelect;
    this.value = typeof value === 'string' ? value : '';
    this.tell('hearth-input', this.value);
  };
}

/** Yes or no, as a switch (at once) or a checkbox (`box`: part of a form). Emits `hearth-input` with a boolean. */
export class HearthToggle extends HearthElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override properties = {
    label: {},
    hint: {},
    value: { type: Boolean },
    box: { type: Boolean },
    disabled: { type: Boolean },
  };
  static override styles = styles;
  declare label: string;
  declare hint: string;
  declare value: boolean;
  declare box: boolean;
  declare disabled: boolean;

  constructor() {
    super();
    this.label = '';
    this.hint = '';
    this.value = false;
    this.box = false;
    this.disabled = false;
  }

  override render(): unknown {
    const hint = this.hint === '' ? nothing : this.hint;
    return this.box
      ? html`<wa-checkbox .checked=${live(this.value)} ?disabled=${this.disabled} hint=${hint} @change=${this.#change}
          >${this.label}</wa-checkbox
        >`
      : html`<wa-switch .checked=${live(this.value)} ?disabled=${this.disabled} hint=${hint} @change=${this.#change}
          >${this.label}</wa-switch
        >`;
  }

  readonly #change = (event: Event): void => {
    this.value = (event.target as HTMLInputElement).checked;
    this.tell('hearth-input', this.value);
  };
}

define('hearth-select', HearthSelect);
define('hearth-toggle', HearthToggle);

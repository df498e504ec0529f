import '@awesome.me/webawesome/dist/components/input/input.js';
import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { css, html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';
import './icon.ts';

/** One line of text with its label. Emits `hearth-input` with the text at every key; Enter sends the form around it. */
export class HearthField extends HearthElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override properties = {
    label: {},
    hint: {},
    error: {},
    value: {},
    type: {},
    name: {},
    placeholder: {},
    autocomplete: {},
    inputmode: {},
    required: { type: Boolean },
    disabled: { type: Boolean },
    readonly: { type: Boolean },
    min: {},
    max: {},
    step: {},
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
      wa-input.wrong::part(input-wrapper) {
        border-color: var(--rose);
      }
    `,
  ];
  declare label: string;
  declare hint: string;
  declare error: string;
  declare value: string;
  declare type: WaInput['type'];
  declare name: string;
  declare placeholder: string;
  declare autocomplete: string;
  declare inputmode: string;
  declare required: boolean;
  declare disabled: boolean;
  declare readonly: boolean;
  declare min: string;
  declare max: string;
  declare step: string;

  constructor() {
    super();
    for (const key of ['label', 'hint', 'error', 'value', 'name', 'placeholder', 'min', 'max', 'step'] as const) {
      this[key] = '';
    }
    this.autocomplete = 'off';
    this.inputmode = '';
    this.type = 'text';
    this.required = false;
    this.disabled = false;
    this.readonly = false;
  }

  override render(): unknown {
    const or = (text: string): string | typeof nothing => (text === '' ? nothing : text);
    return html`<wa-input
        class=${this.error === '' ? '' : 'wrong'}
        label=${this.label}
        hint=${or(this.hint)}
        .value=${live(this.value)}
        type=${this.type}
        name=${or(this.name)}
        placeholder=${or(this.placeholder)}
        autocomplete=${this.autocomplete}
        inputmode=${or(this.inputmode)}
        min=${or(this.min)}
        max=${or(this.max)}
        step=${or(this.step)}
        ?required=${this.required}
        ?disabled=${this.disabled}
        ?readonly=${this.readonly}
        ?password-toggle=${this.type === 'password'}
        @input=${this.#input}
        @keydown=${this.#key}
        ><hearth-icon slot="show-password-icon" name="eye"></hearth-icon
        ><hearth-icon slot="hide-password-icon" name="eye-off"></hearth-icon
      ></wa-input>
      ${this.error === '' ? nothing : html`<span class="error" role="alert">${this.error}</span>`}`;
  }

  readonly #input = (event: Event): void => {
    this.value = (event.target as WaInput).value ?? '';
    this.tell('hearth-input', this.value);
  };

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing) return;
    this.closest('form')?.requestSubmit();
  };
}

define('hearth-field', HearthField);

import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import type { InputField } from '../forms/action.ts';
import { randomText } from '../forms/values.ts';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';
import './button.ts';
import './choices.ts';
import './field.ts';
import './form-file.ts';
import './notice.ts';
import './textarea.ts';

type Leaf = Exclude<InputField, { type: 'object' | 'union' | 'list' | 'hidden' }>;

/** One value of a form. Emits `hearth-value`. */
export class HearthFormLeaf extends HearthElement {
  static override properties = {
    field: { attribute: false },
    value: { attribute: false },
    error: {},
    fixed: { type: Boolean },
  };
  static override styles = [
    base,
    css`
      fieldset {
        display: grid;
        gap: 0.5rem;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        margin-block-end: 0.4rem;
        padding: 0;
        font-weight: 600;
      }
      .error {
        color: var(--rose);
        font-size: 0.9rem;
        font-weight: 500;
      }
      input[type='color'] {
        inline-size: 3rem;
        block-size: 2.75rem;
        padding: 0.2rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--card, transparent);
      }
      .with {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.5rem;
        align-items: end;
      }
    `,
  ];
  declare field: Leaf | undefined;
  declare value: unknown;
  declare error: string;
  /** Set once for all. */
  declare fixed: boolean;

  constructor() {
    super();
    this.error = '';
    this.fixed = false;
  }

  override render(): unknown {
    const { field } = this;
    if (field === undefined) return nothing;
    return html`<div class="stack tight">
      ${this.#control(field)}
      ${
        field.warning === undefined || field.warning === null
          ? nothing
          : html`<hearth-notice tone="warn" text=${field.warning}></hearth-notice>`
      }
      ${
        field.footnote === undefined || field.footnote === null
          ? nothing
          : html`<p class="small soft">${field.footnote}</p>`
      }
    </div>`;
  }

  #control(field: Leaf): unknown {
    switch (field.type) {
      case 'text':
        return this.#text(field);
      case 'textarea':
        return this.#textarea(field);
      case 'number':
        return this.#number(field);
      case 'toggle':
        return html`<hearth-toggle
          label=${field.name}
          hint=${this.#hint(field)}
          .value=${this.value === true}
          ?disabled=${this.#off(field)}
          @hearth-input=${(event: CustomEvent<boolean>) => this.#set(event.detail)}
        ></hearth-toggle>`;
      case 'select':
        return this.#select(field);
      case 'multiselect':
        return this.#multiselect(field);
      case 'triState':
        return this.#triState(field);
      case 'datetime':
        return this.#datetime(field);
      case 'color':
        return this.#color(field);
      case 'file':
        return html`<hearth-form-file
          label=${field.name}
          hint=${this.#hint(field)}
          error=${this.error}
          .accept=${field.extensions ?? []}
          .value=${this.value}
          ?disabled=${this.#off(field)}
        ></hearth-form-file>`;
    }
  }

  #triState(field: Extract<Leaf, { type: 'triState' }>): unknown {
    return html`<hearth-select
      label=${field.name}
      hint=${this.#hint(field)}
      .value=${typeof this.value === 'boolean' ? String(this.value) : 'none'}
      .choices=${[
        { value: 'none', text: msg('Not set') },
        { value: 'true', text: msg('On') },
        { value: 'false', text: msg('Off') },
      ]}
      ?disabled=${this.#off(field)}
      @hearth-input=${(event: CustomEvent<string>) => this.#set(event.detail === 'none' ? null : event.detail === 'true')}
    ></hearth-select>`;
  }

  #textarea(field: Extract<Leaf, { type: 'textarea' }>): unknown {
    return html`<hearth-textarea
          label=${field.name}
          hint=${this.#hint(field)}
          error=${this.error}
          placeholder=${field.placeholder ?? ''}
          .rows=${field.minRows ?? 4}
          .value=${asText(this.value)}
          ?disabled=${this.#off(field)}
          @hearth-input=${this.#typed}
        ></hearth-textarea>`;
  }

  #number(field: Extract<Leaf, { type: 'number' }>): unknown {
    return html`<hearth-field
          type="number"
          label=${field.units === undefined || field.units === null ? field.name : `${field.name} (${field.units})`}
          hint=${this.#hint(field)}
          error=${this.error}
          placeholder=${field.placeholder ?? ''}
          min=${asText(field.min)}
          max=${asText(field.max)}
          step=${asText(field.step ?? (field.integer === true ? 1 : 'any'))}
          .value=${asText(this.value)}
          ?required=${field.required}
          ?disabled=${this.#off(field)}
          @hearth-input=${(event: CustomEvent<string>) => this.#set(event.detail === '' ? null : Number(event.detail))}
        ></hearth-field>`;
  }

  #text(field: Extract<Leaf, { type: 'text' }>): unknown {
    const { generate } = field;
    return html`<div class=${generate === undefined || generate === null ? '' : 'with'}>
      <hearth-field
        type=${field.masked === true ? 'password' : 'text'}
        label=${field.name}
        hint=${this.#hint(field)}
        error=${this.error}
        inputmode=${field.inputmode ?? ''}
        placeholder=${field.placeholder ?? ''}
        .value=${asText(this.value)}
        ?required=${field.required}
        ?disabled=${this.#off(field)}
        @hearth-input=${this.#typed}
      ></hearth-field>
      ${
        generate === undefined || generate === null
          ? nothing
          : html`<hearth-button icon="refresh-cw" ?disabled=${this.#off(field)} @click=${() => this.#set(randomText(generate))}
            >${msg('Generate')}</hearth-button
          >`
      }
    </div>`;
  }

  #datetime(field: Extract<Leaf, { type: 'datetime' }>): unknown {
    return html`<hearth-field
      type=${field.inputmode ?? 'datetime-local'}
      label=${field.name}
      hint=${this.#hint(field)}
      error=${this.error}
      min=${asText(field.min)}
      max=${asText(field.max)}
      .value=${asText(this.value)}
      ?required=${field.required}
      ?disabled=${this.#off(field)}
      @hearth-input=${this.#typed}
    ></hearth-field>`;
  }

  #color(field: Extract<Leaf, { type: 'color' }>): unknown {
    const value = asText(this.value);
    return html`<div class="with">
      <hearth-field
        type="text"
        label=${field.name}
        hint=${this.#hint(field)}
        error=${this.error}
        placeholder="#1a2b3c"
        .value=${value}
        ?required=${field.required}
        ?disabled=${this.#off(field)}
        @hearth-input=${this.#typed}
      ></hearth-field>
      <input
        type="color"
        aria-label=${msg(str`Pick ${field.name}`)}
        .value=${/^#[0-9a-f]{6}$/i.test(value) ? value : '#000000'}
        ?disabled=${this.#off(field)}
        @input=${(event: Event) => this.#set((event.target as HTMLInputElement).value)}
      />
    </div>`;
  }

  #select(field: Extract<Leaf, { type: 'select' }>): unknown {
    const refused = Array.isArray(field.disabled) ? field.disabled : [];
    return html`<hearth-select
      label=${field.name}
      hint=${this.#hint(field)}
      error=${this.error}
      .value=${asText(this.value)}
      .choices=${Object.entries(field.values).map(([value, text]) => ({
        value,
        text,
        disabled: refused.includes(value),
      }))}
      ?disabled=${this.#off(field)}
      @hearth-input=${this.#typed}
    ></hearth-select>`;
  }

  #multiselect(field: Extract<Leaf, { type: 'multiselect' }>): unknown {
    const chosen: readonly unknown[] = Array.isArray(this.value) ? this.value : [];
    return html`<fieldset>
      <legend>${field.name}</legend>
      ${this.#hint(field) === '' ? nothing : html`<p class="small soft">${this.#hint(field)}</p>`}
      ${Object.entries(field.values).map(
        ([key, text]) => html`<hearth-toggle
          box
          label=${text}
          .value=${chosen.includes(key)}
          ?disabled=${this.#off(field) || (Array.isArray(field.disabled) && field.disabled.includes(key))}
          @hearth-input=${(event: CustomEvent<boolean>) =>
            this.#set(event.detail ? [...chosen, key] : chosen.filter((one) => one !== key))}
        ></hearth-toggle>`,
      )}
      ${this.error === '' ? nothing : html`<span class="error" role="alert">${this.error}</span>`}
    </fieldset>`;
  }

  #off(field: Leaf): boolean {
    return this.fixed || typeof field.disabled === 'string';
  }

  #hint(field: Leaf): string {
    if (this.fixed) return msg('This cannot be changed any more.');
    return typeof field.disabled === 'string' ? field.disabled : (field.description ?? '');
  }

  readonly #typed = (event: CustomEvent<string>): void => this.#set(event.detail === '' ? null : event.detail);

  #set(value: unknown): void {
    this.value = value;
    this.tell('hearth-value', value);
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

define('hearth-form-leaf', HearthFormLeaf);

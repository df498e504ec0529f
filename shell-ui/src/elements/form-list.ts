import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import type { InputField } from '../forms/action.ts';
import { asRecord, type FormErrors, startValue } from '../forms/values.ts';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';
import './button.ts';
import './field.ts';

/** A list of texts or of small forms: add, change, remove. Emits `hearth-value`. */
export class HearthFormList extends HearthElement {
  static override properties = {
    field: { attribute: false },
    value: { attribute: false },
    errors: { attribute: false },
    path: {},
  };
  static override styles = [
    base,
    css`
      fieldset {
        display: grid;
        gap: 0.8rem;
        min-inline-size: 0;
        margin: 0;
        padding: 1rem 1.1rem 1.2rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
      }
      legend {
        padding-inline: 0.4rem;
        font-weight: 600;
      }
      .item {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.5rem;
        align-items: end;
      }
      .item.object {
        align-items: start;
        padding-block-end: 0.9rem;
        border-block-end: 1px dashed var(--line);
      }
      .error {
        color: var(--rose);
        font-size: 0.9rem;
        font-weight: 500;
      }
    `,
  ];
  declare field: Extract<InputField, { type: 'list' }> | undefined;
  declare value: readonly unknown[];
  declare errors: FormErrors;
  declare path: string;

  constructor() {
    super();
    this.value = [];
    this.errors = {};
    this.path = '';
  }

  override render(): unknown {
    const { field } = this;
    if (field === undefined) return nothing;
    const error = this.errors[this.path];
    return html`<fieldset>
      <legend>${field.name}</legend>
      ${
        field.description === undefined || field.description === null
          ? nothing
          : html`<p class="small soft">${field.description}</p>`
      }
      ${this.value.map((item, index) => this.#item(field, item, index))}
      ${error === undefined ? nothing : html`<span class="error" role="alert">${error}</span>`}
      <div>
        <hearth-button
          size="s"
          icon="plus"
          ?disabled=${typeof field.disabled === 'string' || this.value.length >= (field.maxLength ?? Infinity)}
          @click=${() => this.#add(field)}
          >${msg('Add')}</hearth-button
        >
      </div>
    </fieldset>`;
  }

  #item(field: Extract<InputField, { type: 'list' }>, item: unknown, index: number): unknown {
    const path = `${this.path}.${index}`;
    const number = index + 1;
    const inner =
      field.spec.type === 'object'
        ? html`<hearth-form
            .spec=${field.spec.spec}
            .value=${asRecord(item) ?? {}}
            .errors=${this.errors}
            path=${path}
            @hearth-value=${(event: CustomEvent<unknown>) => {
              event.stopPropagation();
              this.#change(index, event.detail);
            }}
          ></hearth-form>`
        : html`<hearth-field
            label=${`${field.name} ${number}`}
            type=${field.spec.masked === true ? 'password' : 'text'}
            placeholder=${field.spec.placeholder ?? ''}
            error=${this.errors[path] ?? ''}
            .value=${typeof item === 'string' ? item : ''}
            @hearth-input=${(event: CustomEvent<string>) => this.#change(index, event.detail)}
          ></hearth-field>`;
    const shown = field.spec.type === 'object' ? displayed(field.spec.displayAs ?? null, asRecord(item) ?? {}) : '';
    return html`<div class="item ${field.spec.type}">
      <div class="stack tight">${shown === '' ? nothing : html`<strong>${shown}</strong>`} ${inner}</div>
      <hearth-button
        variant="plain"
        icon="trash-2"
        label=${msg(str`Remove ${field.name} ${number}`)}
        @click=${() => this.#set(this.value.filter((_, at) => at !== index))}
      ></hearth-button>
    </div>`;
  }

  #add(field: Extract<InputField, { type: 'list' }>): void {
    this.#set([...this.value, field.spec.type === 'object' ? startValue(field.spec.spec, null) : '']);
  }

  #change(index: number, item: unknown): void {
    this.#set(this.value.map((old, at) => (at === index ? item : old)));
  }

  #set(value: readonly unknown[]): void {
    this.value = value;
    this.tell('hearth-value', value);
  }
}

/** `{{name}}` in a title stands for a value of the entry. */
function displayed(title: string | null, entry: Readonly<Record<string, unknown>>): string {
  if (title === null) return '';
  return title.replaceAll(/\{\{\s*([\w.-]+)\s*\}\}/g, (_, key: string) => {
    const value = entry[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  });
}

define('hearth-form-list', HearthFormList);

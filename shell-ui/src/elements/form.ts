import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import { base } from '../styles/base.ts';
import type { InputField, InputSpec } from '../forms/action.ts';
import { asRecord, type FormErrors, type FormValue, startValue } from '../forms/values.ts';
import { define, HearthElement } from './element.ts';
import './button.ts';
import './choices.ts';
import './field.ts';
import './form-list.ts';
import './form-leaf.ts';
import './notice.ts';

/** A form made of a specification. Emits `hearth-value` with the whole new value at every change. */
export class HearthForm extends HearthElement {
  static override properties = {
    spec: { attribute: false },
    value: { attribute: false },
    errors: { attribute: false },
    known: { attribute: false },
    path: {},
  };
  static override styles = [
    base,
    css`
      fieldset {
        display: grid;
        gap: 1.1rem;
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
    `,
  ];
  declare spec: InputSpec;
  declare value: FormValue;
  /** By path from the top of the form. */
  declare errors: FormErrors;
  /** What is set now: fields that can be set only once are then fixed. */
  declare known: FormValue | null;
  declare path: string;

  constructor() {
    super();
    this.spec = {};
    this.value = {};
    this.errors = {};
    this.known = null;
    this.path = '';
  }

  override render(): unknown {
    return html`<div class="stack">${Object.entries(this.spec).map(([key, field]) => this.#field(key, field))}</div>`;
  }

  #field(key: string, field: InputField): unknown {
    const path = this.path === '' ? key : `${this.path}.${key}`;
    const given = this.value[key];
    const before = this.known?.[key] ?? null;
    const set = (value: unknown): void => this.#set(key, value);
    switch (field.type) {
      case 'hidden':
        return nothing;
      case 'object':
        return html`<fieldset>
          <legend>${field.name}</legend>
          ${this.#about(field)}${this.#inner(field.spec, given, before, path, set)}
        </fieldset>`;
      case 'union':
        return this.#union(field, asRecord(given) ?? {}, asRecord(before), path, set);
      case 'list':
        return html`<hearth-form-list
          .field=${field}
          .value=${Array.isArray(given) ? given : []}
          .errors=${this.errors}
          path=${path}
          @hearth-value=${this.#caught(set)}
        ></hearth-form-list>`;
      default:
        return html`<hearth-form-leaf
          .field=${field}
          .value=${given}
          ?fixed=${field.immutable === true && before !== null}
          error=${this.errors[path] ?? ''}
          @hearth-value=${this.#caught(set)}
        ></hearth-form-leaf>`;
    }
  }

  #union(
    field: Extract<InputField, { type: 'union' }>,
    value: FormValue,
    before: FormValue | null,
    path: string,
    set: (value: unknown) => void,
  ): unknown {
    const refused = Array.isArray(field.disabled) ? field.disabled : [];
    const selection = typeof value['selection'] === 'string' ? value['selection'] : '';
    const variant = field.variants[selection];
    return html`<fieldset>
      <legend>${field.name}</legend>
      ${this.#about(field)}
      <hearth-select
        label=${msg('Kind')}
        value=${selection}
        error=${this.errors[`${path}.selection`] ?? ''}
        ?disabled=${typeof field.disabled === 'string' || (field.immutable === true && before !== null)}
        .choices=${Object.entries(field.variants).map(([key, { name }]) => ({
          value: key,
          text: name,
          disabled: refused.includes(key) && key !== before?.['selection'],
        }))}
        @hearth-input=${(event: CustomEvent<string>) => {
          const chosen = field.variants[event.detail];
          set({ selection: event.detail, value: chosen === undefined ? {} : startValue(chosen.spec, null) });
        }}
      ></hearth-select>
      ${
        variant === undefined
          ? nothing
          : this.#inner(
              variant.spec,
              value['value'],
              before?.['selection'] === selection ? before['value'] : null,
              `${path}.value`,
              (inner) => set({ selection, value: inner }),
            )
      }
    </fieldset>`;
  }

  #inner(spec: InputSpec, value: unknown, before: unknown, path: string, set: (value: unknown) => void): unknown {
    return html`<hearth-form
      .spec=${spec}
      .value=${asRecord(value) ?? {}}
      .errors=${this.errors}
      .known=${asRecord(before)}
      path=${path}
      @hearth-value=${this.#caught(set)}
    ></hearth-form>`;
  }

  #about(field: InputField): unknown {
    return html`${
      field.description === undefined || field.description === null
        ? nothing
        : html`<p class="soft small">${field.description}</p>`
    }
    ${
      field.warning === undefined || field.warning === null
        ? nothing
        : html`<hearth-notice tone="warn" text=${field.warning}></hearth-notice>`
    }`;
  }

  /** An inner form's event is this form's business; only the whole value goes up. */
  #caught(set: (value: unknown) => void): (event: CustomEvent<unknown>) => void {
    return (event) => {
      event.stopPropagation();
      set(event.detail);
    };
  }

  #set(key: string, value: unknown): void {
    this.value = { ...this.value, [key]: value };
    this.tell('hearth-value', this.value);
  }
}

define('hearth-form', HearthForm);

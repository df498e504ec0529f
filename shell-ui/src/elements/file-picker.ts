import { css, html } from 'lit';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';

/** A place for one file, to be dropped or chosen. Emits `hearth-file` with it. */
export class HearthFilePicker extends HearthElement {
  static override properties = { label: {}, accept: {}, disabled: { type: Boolean } };
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      input {
        inline-size: 100%;
        margin-block-start: 0.5rem;
        padding: 1.4rem;
        border: 1.5px dashed var(--line-strong);
        border-radius: var(--radius-m);
        background: var(--sunken);
        color: var(--ink);
        font: inherit;
      }
      input:focus-visible {
        outline: 3px solid var(--ember);
      }
    `,
  ];
  declare label: string;
  /** As of an input of HTML: `.s9pk`. */
  declare accept: string;
  declare disabled: boolean;

  constructor() {
    super();
    this.label = '';
    this.accept = '';
    this.disabled = false;
  }

  override render(): unknown {
    return html`<label for="file">${this.label}</label>
      <input id="file" type="file" accept=${this.accept} ?disabled=${this.disabled} @change=${this.#pick} />`;
  }

  readonly #pick = (event: Event): void => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file !== undefined) this.tell('hearth-file', file);
  };
}

define('hearth-file-picker', HearthFilePicker);

import { msg } from '@lit/localize';
import { css, html } from 'lit';
import { define, HearthElement } from './element.ts';
import './button.ts';

const doneMs = 1800;

/** Puts `value` on the clipboard and says so. */
export class HearthCopy extends HearthElement {
  static override properties = { value: {}, label: {}, done: { state: true } };
  static override styles = css`
    :host {
      display: inline-block;
    }
    span {
      position: absolute;
      clip-path: inset(50%);
    }
  `;
  declare value: string;
  declare label: string;
  declare done: boolean;

  constructor() {
    super();
    this.value = '';
    this.label = '';
    this.done = false;
  }

  override render(): unknown {
    return html`<hearth-button
        variant="plain"
        size="s"
        icon=${this.done ? 'check' : 'copy'}
        label=${this.label === '' ? msg('Copy') : this.label}
        @click=${this.#copy}
      ></hearth-button
      ><span role="status">${this.done ? msg('Copied') : ''}</span>`;
  }

  readonly #copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(this.value);
    this.done = true;
    setTimeout(() => (this.done = false), doneMs);
  };
}

define('hearth-copy', HearthCopy);

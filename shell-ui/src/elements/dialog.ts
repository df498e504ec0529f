import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { css, html } from 'lit';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';

/** A question over the page. Traps the focus, closes on Escape. Emits `hearth-close` when it has been closed. */
export class HearthDialog extends HearthElement {
  static override properties = { heading: {}, open: { type: Boolean } };
  static override styles = [
    base,
    css`
      :host {
        display: contents;
      }
      wa-dialog {
        --width: 34rem;
      }
      wa-dialog::part(title) {
        font-family: var(--font-display);
        font-weight: 550;
        font-size: 1.4rem;
      }
      wa-dialog::part(dialog) {
        overflow: clip;
        border-radius: var(--radius-l);
        box-shadow: var(--shadow-2);
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0.6rem;
      }
    `,
  ];
  declare heading: string;
  declare open: boolean;

  constructor() {
    super();
    this.heading = '';
    this.open = false;
  }

  override render(): unknown {
    return html`<wa-dialog label=${this.heading} ?open=${this.open} with-footer @wa-after-hide=${this.#hidden}>
      <slot></slot>
      <footer slot="footer"><slot name="footer"></slot></footer>
    </wa-dialog>`;
  }

  readonly #hidden = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    this.open = false;
    this.tell('hearth-close');
  };
}

define('hearth-dialog', HearthDialog);

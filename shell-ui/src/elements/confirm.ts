import { msg, str } from '@lit/localize';
import { html, nothing } from 'lit';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';
import './button.ts';
import './dialog.ts';
import './field.ts';

/** Asks before something that cannot be taken back; with `word`, it must be typed. Emits `hearth-confirm`, `hearth-close`. */
export class HearthConfirm extends HearthElement {
  static override properties = {
    heading: {},
    action: {},
    word: {},
    open: { type: Boolean },
    busy: { type: Boolean },
    danger: { type: Boolean },
    typed: { state: true },
  };
  static override styles = [base];
  declare heading: string;
  /** On the button: `Uninstall`. */
  declare action: string;
  declare word: string;
  declare open: boolean;
  declare busy: boolean;
  declare danger: boolean;
  declare typed: string;

  constructor() {
    super();
    this.heading = '';
    this.action = '';
    this.word = '';
    this.open = false;
    this.busy = false;
    this.danger = false;
    this.typed = '';
  }

  override render(): unknown {
    const ready = this.word === '' || this.typed.trim().toLowerCase() === this.word.toLowerCase();
    return html`<hearth-dialog heading=${this.heading} ?open=${this.open} @hearth-close=${this.#closed}>
      <div class="stack">
        <slot></slot>
        ${
          this.word === ''
            ? nothing
            : html`<hearth-field
              label=${msg(str`Type “${this.word}” to confirm`)}
              .value=${this.typed}
              @hearth-input=${(event: CustomEvent<string>) => {
                event.stopPropagation();
                this.typed = event.detail;
              }}
            ></hearth-field>`
        }
      </div>
      <hearth-button slot="footer" @click=${() => (this.open = false)}>${msg('Not now')}</hearth-button>
      <hearth-button
        slot="footer"
        variant=${this.danger ? 'danger' : 'primary'}
        ?disabled=${!ready}
        ?busy=${this.busy}
        @click=${() => this.tell('hearth-confirm')}
        >${this.action}</hearth-button
      >
    </hearth-dialog>`;
  }

  readonly #closed = (): void => {
    this.typed = '';
    this.open = false;
  };
}

define('hearth-confirm', HearthConfirm);

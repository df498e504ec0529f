import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import { css, html } from 'lit';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';
import './icon.ts';

export interface MenuItem {
  readonly value: string;
  readonly text: string;
  readonly icon: string;
  readonly danger?: boolean;
}

/** A button with more choices. Emits `hearth-choose` with the value of one. */
export class HearthMenu extends HearthElement {
  static override properties = { label: {}, icon: {}, items: { attribute: false } };
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      button {
        display: grid;
        place-content: center;
        inline-size: 2.75rem;
        block-size: 2.75rem;
        padding: 0;
        border: 1px solid var(--line);
        border-radius: 50%;
        background: var(--card);
        color: var(--ink);
        font: inherit;
        cursor: pointer;
      }
      button:hover {
        border-color: var(--line-strong);
      }
      wa-dropdown::part(menu) {
        border-color: var(--line);
        border-radius: var(--radius-m);
        background: var(--card);
        box-shadow: var(--shadow-2);
      }
      wa-dropdown-item {
        min-inline-size: 11rem;
      }
      wa-dropdown-item hearth-icon {
        margin-inline-end: 0.2rem;
      }
    `,
  ];
  declare label: string;
  declare icon: string;
  declare items: readonly MenuItem[];

  constructor() {
    super();
    this.label = '';
    this.icon = 'ellipsis-vertical';
    this.items = [];
  }

  override render(): unknown {
    return html`<wa-dropdown placement="bottom-end" @wa-select=${this.#select}>
      <button slot="trigger" type="button" aria-label=${this.label} title=${this.label}>
        <hearth-icon name=${this.icon}></hearth-icon>
      </button>
      ${this.items.map(
        ({ value, text, icon, danger }) => html`<wa-dropdown-item
          value=${value}
          variant=${danger === true ? 'danger' : 'default'}
        >
          <hearth-icon slot="icon" name=${icon}></hearth-icon>${text}
        </wa-dropdown-item>`,
      )}
    </wa-dropdown>`;
  }

  readonly #select = (event: CustomEvent<{ item: { value: string } }>): void => {
    this.tell('hearth-choose', event.detail.item.value);
  };
}

define('hearth-menu', HearthMenu);

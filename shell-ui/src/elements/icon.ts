import { css, html, svg } from 'lit';
import { iconUrl } from '../icons.ts';
import { define, HearthElement } from './element.ts';

/** A picture from the sprite. Decoration unless it has a `label`. */
export class HearthIcon extends HearthElement {
  static override properties = { name: {}, label: {} };
  static override styles = css`
    :host {
      display: inline-block;
      inline-size: 1.2em;
      block-size: 1.2em;
      vertical-align: -0.22em;
      flex: none;
    }
    svg {
      display: block;
      inline-size: 100%;
      block-size: 100%;
    }
  `;
  declare name: string;
  declare label: string;

  constructor() {
    super();
    this.name = '';
    this.label = '';
  }

  override render(): unknown {
    const use = svg`<use href=${iconUrl(this.name)}></use>`;
    return this.label === ''
      ? html`<svg aria-hidden="true">${use}</svg>`
      : html`<svg role="img" aria-label=${this.label}>${use}</svg>`;
  }
}

define('hearth-icon', HearthIcon);

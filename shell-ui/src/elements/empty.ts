import { css, html } from 'lit';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';
import './icon.ts';

/** Nothing here yet: says so kindly and, in its slot, what to do. */
export class HearthEmpty extends HearthElement {
  static override properties = { icon: {}, heading: {}, text: {}, whole: { type: Boolean } };
  static override styles = [
    base,
    css`
      div {
        display: grid;
        justify-items: center;
        gap: 0.9rem;
        padding: clamp(2.5rem, 7vw, 4.5rem) 1.5rem;
        text-align: center;
        border: 1.5px dashed var(--line);
        border-radius: var(--radius-l);
      }
      .disc {
        display: grid;
        place-content: center;
        padding: 0;
        inline-size: 4.5rem;
        block-size: 4.5rem;
        border: 0;
        border-radius: 50%;
        background: var(--ember-soft);
        color: var(--ember-ink);
        font-size: 1.7rem;
      }
      p {
        max-inline-size: 30rem;
        color: var(--ink-soft);
      }
    `,
  ];
  declare icon: string;
  declare heading: string;
  declare text: string;
  /** It is the whole page: its heading is the page's. */
  declare whole: boolean;

  constructor() {
    super();
    this.icon = 'sparkles';
    this.heading = '';
    this.text = '';
    this.whole = false;
  }

  override render(): unknown {
    return html`<div>
      <span class="disc"><hearth-icon name=${this.icon}></hearth-icon></span>
      ${this.whole ? html`<h1>${this.heading}</h1>` : html`<h2>${this.heading}</h2>`}
      <p>${this.text}</p>
      <slot></slot>
    </div>`;
  }
}

define('hearth-empty', HearthEmpty);

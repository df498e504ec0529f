import { css, html } from 'lit';
import { define, HearthElement } from './element.ts';

const tints = 6;

/** The icon of a service, or its first letter on a warm tile when there is none or it does not load. */
export class HearthServiceIcon extends HearthElement {
  static override properties = { src: {}, name: {}, failed: { state: true } };
  static override styles = css`
    :host {
      display: block;
      flex: none;
      inline-size: var(--size, 3.25rem);
      block-size: var(--size, 3.25rem);
    }
    img,
    div {
      display: grid;
      place-content: center;
      inline-size: 100%;
      block-size: 100%;
      border-radius: 24%;
      object-fit: contain;
    }
    div {
      font-family: var(--font-display);
      font-weight: 600;
      font-size: calc(var(--size, 3.25rem) * 0.5);
      color: #fff;
    }
    .t0 {
      background: #a5481d;
    }
    .t1 {
      background: #3c6b48;
    }
    .t2 {
      background: #7d5a12;
    }
    .t3 {
      background: #35608a;
    }
    .t4 {
      background: #834063;
    }
    .t5 {
      background: #4f5b3a;
    }
  `;
  declare src: string | null;
  declare name: string;
  declare failed: boolean;

  constructor() {
    super();
    this.src = null;
    this.name = '';
    this.failed = false;
  }

  override render(): unknown {
    if (this.src !== null && this.src !== '' && !this.failed) {
      return html`<img src=${this.src} alt="" loading="lazy" @error=${() => (this.failed = true)} />`;
    }
    const sum = Array.from(this.name).reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
    return html`<div class="t${sum % tints}" aria-hidden="true">${this.name.slice(0, 1).toUpperCase()}</div>`;
  }
}

define('hearth-service-icon', HearthServiceIcon);

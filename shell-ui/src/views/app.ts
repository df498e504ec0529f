import { css, html, LitElement } from 'lit';

export class HearthApp extends LitElement {
  static override styles = css`
    :host { display: grid; min-height: 100dvh; place-content: center; justify-items: center; background: var(--glow); }
    img { inline-size: 5rem; }
    h1 { font-family: var(--font-display); font-weight: 500; }
  `;

  override render(): unknown {
    return html`<img src="/favicon.svg" alt="" /><h1>Hearth</h1>`;
  }
}

customElements.define('hearth-app', HearthApp);

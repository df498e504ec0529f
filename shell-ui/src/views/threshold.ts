import { css, html } from 'lit';
import { define, HearthElement } from '../elements/element.ts';
import { base } from '../styles/base.ts';

/** The frame around what comes before the house: set-up and login. */
export class HearthThreshold extends HearthElement {
  static override properties = { heading: {}, text: {}, wide: { type: Boolean } };
  static override styles = [
    base,
    css`
      main {
        display: grid;
        justify-items: center;
        align-content: center;
        gap: 1.75rem;
        min-block-size: 100dvh;
        padding: 2.5rem 1.1rem 4rem;
        background:
          radial-gradient(46rem 30rem at 50% -6rem, var(--ember-soft), transparent 72%),
          var(--paper);
      }
      header {
        display: grid;
        justify-items: center;
        gap: 0.75rem;
        max-inline-size: 34rem;
        text-align: center;
      }
      img {
        inline-size: 4.5rem;
        block-size: 4.5rem;
        filter: drop-shadow(0 10px 24px rgb(180 68 26 / 30%));
      }
      .card {
        inline-size: min(28rem, 100%);
        padding: clamp(1.4rem, 1rem + 2vw, 2.2rem);
        box-shadow: var(--shadow-2);
      }
      :host([wide]) .card {
        inline-size: min(42rem, 100%);
      }
    `,
  ];
  declare heading: string;
  declare text: string;
  declare wide: boolean;

  constructor() {
    super();
    this.heading = '';
    this.text = '';
    this.wide = false;
  }

  override render(): unknown {
    return html`<main>
      <header>
        <img src="/favicon.svg" alt="" />
        <h1 tabindex="-1">${this.heading}</h1>
        <p class="lead">${this.text}</p>
      </header>
      <div class="card"><slot></slot></div>
    </main>`;
  }
}

define('hearth-threshold', HearthThreshold);

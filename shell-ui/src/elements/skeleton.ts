import { css, html } from 'lit';
import { msg } from '@lit/localize';
import { define, HearthElement } from './element.ts';

/** The shape of what is coming. */
export class HearthSkeleton extends HearthElement {
  static override properties = { rows: { type: Number } };
  static override styles = css`
    :host {
      display: grid;
      gap: 1rem;
    }
    .row {
      block-size: 5.6rem;
      border-radius: var(--radius-l);
      background: linear-gradient(100deg, var(--sunken) 40%, var(--card) 50%, var(--sunken) 60%) 0 0 / 300% 100%;
      animation: shine 1.8s linear infinite;
    }
    span {
      position: absolute;
      clip-path: inset(50%);
    }
    @keyframes shine {
      from {
        background-position: 100% 0;
      }
      to {
        background-position: 0 0;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      .row {
        animation: none;
      }
    }
  `;
  declare rows: number;

  constructor() {
    super();
    this.rows = 3;
  }

  override render(): unknown {
    return html`<span role="status">${msg('Loading')}</span>${Array.from(
      { length: this.rows },
      () => html`<div class="row" aria-hidden="true"></div>`,
    )}`;
  }
}

define('hearth-skeleton', HearthSkeleton);

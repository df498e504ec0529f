import { css, html } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { StateTone } from '../words/service-words.ts';
import { define, HearthElement } from './element.ts';

/** A word with its colour; the colour never says anything the word does not. */
export class HearthStatus extends HearthElement {
  static override properties = { tone: {}, text: {}, bare: { type: Boolean } };
  static override styles = css`
    :host {
      display: inline-block;
      max-inline-size: 100%;
    }
    span {
      display: inline-flex;
      align-items: center;
      gap: 0.45em;
      padding: 0.2em 0.75em 0.2em 0.6em;
      border-radius: 999px;
      font-size: 0.875rem;
      font-weight: 600;
      line-height: 1.45;
    }
    span.bare {
      padding: 0;
      background: none;
      font-weight: 500;
    }
    i {
      flex: none;
      inline-size: 0.55em;
      block-size: 0.55em;
      border-radius: 50%;
      background: currentColor;
    }
    .good {
      color: var(--sage);
      background: var(--sage-soft);
    }
    .busy {
      color: var(--sky);
      background: var(--sky-soft);
    }
    .busy i {
      animation: breathe 1.4s ease-in-out infinite;
    }
    .idle {
      color: var(--ink-soft);
      background: var(--sunken);
    }
    .warn {
      color: var(--gold);
      background: var(--gold-soft);
    }
    .bad {
      color: var(--rose);
      background: var(--rose-soft);
    }
    .bare {
      background: none;
    }
    @keyframes breathe {
      50% {
        opacity: 0.25;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      i {
        animation: none !important;
      }
    }
  `;
  declare tone: StateTone;
  declare text: string;
  declare bare: boolean;

  constructor() {
    super();
    this.tone = 'idle';
    this.text = '';
    this.bare = false;
  }

  override render(): unknown {
    return html`<span class=${classMap({ [this.tone]: true, bare: this.bare })}><i></i>${this.text}</span>`;
  }
}

define('hearth-status', HearthStatus);

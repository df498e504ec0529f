import { css, html, nothing } from 'lit';
import { base } from '../styles/base.ts';
import type { Tone } from '../toasts.ts';
import { define, HearthElement } from './element.ts';
import './icon.ts';

const icons: Readonly<Record<Tone, string>> = {
  good: 'circle-check',
  info: 'info',
  warn: 'triangle-alert',
  bad: 'circle-alert',
};

/** A remark on the page. Bad ones are read out as they appear. */
export class HearthNotice extends HearthElement {
  static override properties = { tone: {}, heading: {}, text: {} };
  static override styles = [
    base,
    css`
      div.notice {
        display: flex;
        gap: 0.8rem;
        padding: 0.9rem 1.1rem;
        border-radius: var(--radius-m);
      }
      hearth-icon {
        margin-block-start: 0.12rem;
        font-size: 1.1rem;
      }
      .good {
        background: var(--sage-soft);
      }
      .info {
        background: var(--sky-soft);
      }
      .warn {
        background: var(--gold-soft);
      }
      .bad {
        background: var(--rose-soft);
      }
      .good hearth-icon {
        color: var(--sage);
      }
      .info hearth-icon {
        color: var(--sky);
      }
      .warn hearth-icon {
        color: var(--gold);
      }
      .bad hearth-icon {
        color: var(--rose);
      }
      .body {
        min-inline-size: 0;
        flex: 1;
        overflow-wrap: anywhere;
      }
      strong {
        display: block;
      }
    `,
  ];
  declare tone: Tone;
  declare heading: string;
  declare text: string;

  constructor() {
    super();
    this.tone = 'info';
    this.heading = '';
    this.text = '';
  }

  override render(): unknown {
    return html`<div class="notice ${this.tone}" role=${this.tone === 'bad' ? 'alert' : nothing}>
      <hearth-icon name=${icons[this.tone]}></hearth-icon>
      <div class="body stack tight">
        ${this.heading === '' ? nothing : html`<strong>${this.heading}</strong>`}
        ${this.text === '' ? nothing : html`<p>${this.text}</p>`}
        <slot></slot>
      </div>
    </div>`;
  }
}

define('hearth-notice', HearthNotice);

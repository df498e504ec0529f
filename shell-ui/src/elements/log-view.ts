import { msg } from '@lit/localize';
import { css, html, nothing, type PropertyValues } from 'lit';
import type { LogEntry } from '../link/methods.ts';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';

const nearEndPx = 40;

/** Lines of a log; follows the end until it is scrolled away from it. */
export class HearthLogView extends HearthElement {
  static override properties = { entries: { attribute: false }, search: {}, label: {} };
  static override styles = [
    base,
    css`
      .log {
        block-size: min(60dvh, 40rem);
        overflow: auto;
        padding: 1rem 1.1rem;
        border-radius: var(--radius-m);
        background: #1b1512;
        color: #efe6dc;
        font-family: var(--font-code);
        font-size: 0.84rem;
        line-height: 1.6;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .log:focus-visible {
        border-radius: var(--radius-m);
      }
      time {
        color: #bfa893;
        user-select: none;
      }
      b {
        color: #f0b48c;
        font-weight: 500;
      }
      mark {
        background: #f3c969;
        color: #1b1512;
      }
      .none {
        color: #c9b8a8;
      }
    `,
  ];
  declare entries: readonly LogEntry[];
  declare search: string;
  declare label: string;
  #following = true;

  constructor() {
    super();
    this.entries = [];
    this.search = '';
    this.label = '';
  }

  override render(): unknown {
    const wanted = this.search.trim().toLowerCase();
    const shown = wanted === '' ? this.entries : this.entries.filter(({ text }) => text.toLowerCase().includes(wanted));
    return html`<div class="log" role="log" aria-live="off" aria-label=${this.label} tabindex="0" @scroll=${this.#scroll}>
      ${shown.length === 0 ? html`<span class="none">${msg('No lines.')}</span>` : nothing}
      ${shown.map(
        ({ time, source, text }) =>
          html`<div><time>${clock(time)}</time> <b>${source}</b> ${marked(text, wanted)}</div>`,
      )}
    </div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('entries') || !this.#following) return;
    const log = this.renderRoot.querySelector('.log');
    if (log !== null) log.scrollTop = log.scrollHeight;
  }

  readonly #scroll = (event: Event): void => {
    const log = event.currentTarget as HTMLElement;
    this.#following = log.scrollHeight - log.scrollTop - log.clientHeight < nearEndPx;
  };
}

function clock(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}

function marked(text: string, wanted: string): unknown {
  if (wanted === '') return text;
  const at = text.toLowerCase().indexOf(wanted);
  if (at < 0) return text;
  const end = at + wanted.length;
  return html`${text.slice(0, at)}<mark>${text.slice(at, end)}</mark>${text.slice(end)}`;
}

define('hearth-log-view', HearthLogView);

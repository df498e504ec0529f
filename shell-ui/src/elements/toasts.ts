import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { base } from '../styles/base.ts';
import type { Toast, Tone } from '../toasts.ts';
import { define, HearthElement } from './element.ts';
import './button.ts';
import './icon.ts';

const icons: Readonly<Record<Tone, string>> = {
  good: 'circle-check',
  info: 'info',
  warn: 'triangle-alert',
  bad: 'circle-alert',
};

/** Draws `items`; emits `hearth-dismiss` with the id of one. A live region, always on the page. */
export class HearthToasts extends HearthElement {
  static override properties = { items: { attribute: false } };
  static override styles = [
    base,
    css`
      :host {
        position: fixed;
        z-index: 50;
        inset-block-end: calc(1.25rem + var(--below, 0px));
        inset-inline: 1rem;
        display: grid;
        justify-items: end;
        pointer-events: none;
      }
      ul {
        display: grid;
        gap: 0.6rem;
        inline-size: min(26rem, 100%);
      }
      li {
        display: flex;
        align-items: flex-start;
        gap: 0.75rem;
        padding: 0.8rem 0.6rem 0.8rem 1rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--card);
        box-shadow: var(--shadow-2);
        pointer-events: auto;
        animation: rise 220ms ease-out;
      }
      li > hearth-icon {
        margin-block-start: 0.35rem;
      }
      li > div {
        flex: 1;
        padding-block: 0.25rem;
        overflow-wrap: anywhere;
      }
      .good > hearth-icon {
        color: var(--sage);
      }
      .info > hearth-icon {
        color: var(--sky);
      }
      .warn > hearth-icon {
        color: var(--gold);
      }
      .bad > hearth-icon {
        color: var(--rose);
      }
      @keyframes rise {
        from {
          opacity: 0;
          transform: translateY(0.6rem);
        }
      }
    `,
  ];
  declare items: readonly Toast[];

  constructor() {
    super();
    this.items = [];
  }

  override render(): unknown {
    return html`<div role="status" aria-live="polite" class="grow">
      <ul class="plain">
        ${repeat(
          this.items,
          ({ id }) => id,
          ({ id, tone, text, more }) => html`<li class=${tone}>
            <hearth-icon name=${icons[tone]}></hearth-icon>
            <div>
              <strong>${text}</strong>
              ${more === null ? nothing : html`<p class="soft small">${more}</p>`}
            </div>
            <hearth-button
              variant="plain"
              size="s"
              icon="x"
              label=${msg('Dismiss')}
              @click=${() => this.tell('hearth-dismiss', id)}
            ></hearth-button>
          </li>`,
        )}
      </ul>
    </div>`;
  }
}

define('hearth-toasts', HearthToasts);

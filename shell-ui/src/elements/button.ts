import { css, html, nothing } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';
import './icon.ts';

/** A button, or a link that looks like one (`href`). Inside a form, `type="submit"` sends it. Emits `click`. */
export class HearthButton extends HearthElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override properties = {
    variant: {},
    size: {},
    icon: {},
    label: {},
    href: {},
    target: {},
    type: {},
    download: {},
    disabled: { type: Boolean },
    busy: { type: Boolean },
  };
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      :host([disabled]) {
        pointer-events: none;
      }
      .button {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: 0.5em;
        min-block-size: 2.75rem;
        inline-size: 100%;
        padding: 0.5rem 1.15rem;
        border: 1px solid transparent;
        border-radius: 999px;
        font: inherit;
        font-weight: 600;
        line-height: 1.2;
        text-decoration: none;
        cursor: pointer;
        transition:
          background 140ms,
          transform 140ms,
          border-color 140ms;
      }
      .button:focus-visible {
        border-radius: 999px;
      }
      .button:active {
        transform: scale(0.98);
      }
      .s {
        min-block-size: 2.25rem;
        padding: 0.3rem 0.85rem;
        font-size: 0.92rem;
      }
      .alone {
        padding-inline: 0;
        inline-size: 2.75rem;
      }
      .alone.s {
        inline-size: 2.25rem;
      }
      .primary {
        background: var(--ember);
        color: var(--on-ember);
      }
      .primary:hover {
        background: var(--ember-hover);
      }
      .quiet {
        background: var(--card);
        border-color: var(--line);
        color: var(--ink);
      }
      .quiet:hover {
        border-color: var(--line-strong);
      }
      .plain {
        background: transparent;
        color: var(--ink-soft);
      }
      .plain:hover {
        background: var(--sunken);
        color: var(--ink);
      }
      .danger {
        background: var(--rose-soft);
        color: var(--rose);
      }
      .danger:hover {
        border-color: var(--rose);
      }
      .button[disabled],
      .button[aria-disabled='true'] {
        background: var(--sunken);
        border-color: var(--line);
        color: var(--ink-soft);
        cursor: not-allowed;
      }
      .spinner {
        inline-size: 1em;
        block-size: 1em;
        border: 2px solid currentColor;
        border-inline-end-color: transparent;
        border-radius: 50%;
        animation: turn 800ms linear infinite;
      }
      @keyframes turn {
        to {
          transform: rotate(1turn);
        }
      }
    `,
  ];
  declare variant: 'primary' | 'quiet' | 'plain' | 'danger';
  declare size: 'm' | 's';
  /** Name in the sprite. */
  declare icon: string;
  /** Only an icon is shown; this is what is read out. */
  declare label: string;
  declare href: string;
  declare target: string;
  declare type: 'button' | 'submit';
  declare download: string | undefined;
  declare disabled: boolean;
  /** At work: shows it, and takes no second click. */
  declare busy: boolean;

  constructor() {
    super();
    this.variant = 'quiet';
    this.size = 'm';
    this.icon = '';
    this.label = '';
    this.href = '';
    this.target = '';
    this.type = 'button';
    this.disabled = false;
    this.busy = false;
  }

  override render(): unknown {
    const classes = classMap({ button: true, [this.variant]: true, s: this.size === 's', alone: this.label !== '' });
    const label = this.label === '' ? nothing : this.label;
    const picture = this.busy
      ? html`<span class="spinner" aria-hidden="true"></span>`
      : this.icon === ''
        ? nothing
        : html`<hearth-icon name=${this.icon}></hearth-icon>`;
    const content = html`${picture}<slot></slot>`;
    if (this.href !== '') {
      return html`<a
        class=${classes}
        href=${this.href}
        target=${this.target === '' ? nothing : this.target}
        rel=${this.target === '' ? nothing : 'noopener noreferrer'}
        download=${this.download ?? nothing}
        aria-label=${label}
        title=${label}
        >${content}</a
      >`;
    }
    return html`<button
      class=${classes}
      type="button"
      ?disabled=${this.disabled || this.busy}
      aria-busy=${this.busy ? 'true' : nothing}
      aria-label=${label}
      title=${label}
      @click=${this.#click}
    >
      ${content}
    </button>`;
  }

  readonly #click = (): void => {
    if (this.type === 'submit') this.closest('form')?.requestSubmit();
  };
}

define('hearth-button', HearthButton);

import { css, html, nothing } from 'lit';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';

export interface TabLink {
  readonly href: string;
  readonly text: string;
  readonly current: boolean;
}

/** The parts of a view, as links: each has its own address. */
export class HearthTabs extends HearthElement {
  static override properties = { label: {}, links: { attribute: false } };
  static override styles = [
    base,
    css`
      nav {
        display: flex;
        gap: 0.25rem;
        overflow-x: auto;
        scrollbar-width: none;
        border-block-end: 1px solid var(--line);
      }
      a {
        flex: none;
        padding: 0.65rem 0.9rem;
        border-block-end: 2.5px solid transparent;
        margin-block-end: -1px;
        color: var(--ink-soft);
        font-weight: 600;
        text-decoration: none;
      }
      a:hover {
        color: var(--ink);
      }
      a:focus-visible {
        outline-offset: -4px;
      }
      a[aria-current] {
        border-color: var(--ember);
        color: var(--ink);
      }
    `,
  ];
  declare label: string;
  declare links: readonly TabLink[];

  constructor() {
    super();
    this.label = '';
    this.links = [];
  }

  override render(): unknown {
    return html`<nav aria-label=${this.label}>
      ${this.links.map(
        ({ href, text, current }) => html`<a href=${href} aria-current=${current ? 'page' : nothing}>${text}</a>`,
      )}
    </nav>`;
  }
}

define('hearth-tabs', HearthTabs);

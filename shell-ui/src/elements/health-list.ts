import type { HealthEntry } from '@hearth/contract';
import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import { base } from '../styles/base.ts';
import { checkTone, checkWord } from '../words/service-words.ts';
import { define, HearthElement } from './element.ts';
import './status.ts';
import './time.ts';

/** Checks with what they say, and since when. */
export class HearthHealthList extends HearthElement {
  static override properties = { checks: { attribute: false } };
  static override styles = [
    base,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.15rem 1rem;
        padding-block: 0.75rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      li:first-child {
        padding-block-start: 0;
      }
      li:last-child {
        padding-block-end: 0;
      }
      .since {
        grid-column: 1 / -1;
      }
    `,
  ];
  declare checks: Readonly<Record<string, HealthEntry>>;

  constructor() {
    super();
    this.checks = {};
  }

  override render(): unknown {
    return html`<ul class="plain">
      ${Object.values(this.checks).map(
        ({ name, result, message, since }) => html`<li>
          <strong>${name}</strong>
          <hearth-status tone=${checkTone(result)} text=${checkWord(result)}></hearth-status>
          <span class="since soft small">
            ${message === null || message === '' ? nothing : html`${message} · `}${msg('for')}
            <hearth-time lasting at=${since}></hearth-time>
          </span>
        </li>`,
      )}
    </ul>`;
  }
}

define('hearth-health-list', HearthHealthList);

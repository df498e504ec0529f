import { css, html, nothing } from 'lit';
import '../elements/progress.ts';
import '../elements/service-icon.ts';
import '../elements/status.ts';
import { define } from '../elements/element.ts';
import { share } from '../elements/progress.ts';
import { serviceIcon } from '../state/icons.ts';
import { base } from '../styles/base.ts';
import { healthSummary, isOwnedByJob, stateTone, stateWord } from '../words/service-words.ts';
import { openButtons } from './controls.ts';
import './moves.ts';
import { HearthView } from './view.ts';

/** One service in the list. */
export class ServiceCard extends HearthView {
  static override properties = { service: {} };
  static override styles = [
    base,
    css`
      article {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 0.5rem 1.1rem;
        align-items: center;
        padding: 1.05rem 1.25rem;
        transition:
          box-shadow 160ms,
          transform 160ms;
      }
      article:hover {
        box-shadow: var(--shadow-2);
      }
      h2 a {
        color: inherit;
        text-decoration: none;
      }
      h2 a:hover {
        text-decoration: underline;
      }
      .version {
        font-size: 0.85rem;
        color: var(--ink-soft);
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.35rem 0.7rem;
        margin-block-start: 0.35rem;
      }
      wa-progress-bar {
        grid-column: 1 / -1;
        --track-height: 0.4rem;
        --track-color: var(--sunken);
      }
      @media (max-width: 40rem) {
        article {
          grid-template-columns: auto minmax(0, 1fr);
          align-items: start;
          padding: 1rem;
        }
        .actions {
          grid-column: 1 / -1;
          justify-content: stretch;
        }
        .actions {
          --moves-flex: 1;
        }
        .actions hearth-button {
          flex: 1;
        }
      }
    `,
  ];
  declare service: string;
  readonly #row = this.select(({ services }) => services?.[this.service]);
  readonly #health = this.select(({ serviceHealth }) => serviceHealth?.[this.service]);
  readonly #network = this.select(({ network }) => network);
  readonly #progress = this.select(({ jobProgress }) => jobProgress?.[this.#row.value?.job ?? '']);

  constructor() {
    super();
    this.service = '';
  }

  override render(): unknown {
    const row = this.#row.value;
    if (row === undefined) return nothing;
    const { manifest, status } = row;
    const summary = healthSummary(row, this.#health.value);
    return html`<article class="card">
      <hearth-service-icon src=${serviceIcon(row)} name=${manifest.title}></hearth-service-icon>
      <div>
        <div class="row">
          <h2><a href=${`/services/${row.id}`}>${manifest.title}</a></h2>
          <span class="version">${manifest.version}</span>
        </div>
        <div class="line">
          <hearth-status tone=${stateTone(status.actual)} text=${stateWord(status.actual)}></hearth-status>
          ${
            summary === null
              ? nothing
              : html`<hearth-status bare tone=${summary.tone} text=${summary.text}></hearth-status>`
          }
        </div>
      </div>
      <div class="actions row end">
        <hearth-moves small service=${row.id}></hearth-moves>
        ${openButtons(row, this.#network.value, 's')}
      </div>
      ${isOwnedByJob(status.actual) ? this.#bar() : nothing}
    </article>`;
  }

  #bar(): unknown {
    const phases = this.#progress.value?.phases ?? [];
    const running = phases.find(({ progress }) => progress !== null && progress !== true);
    const percent = running === undefined ? null : share(running.progress);
    const label = running?.name ?? stateWord('installing');
    return percent === null
      ? html`<wa-progress-bar indeterminate label=${label}></wa-progress-bar>`
      : html`<wa-progress-bar value=${percent} label=${label}></wa-progress-bar>`;
  }
}

define('hearth-service-card', ServiceCard);

import type { ServiceRow } from '@hearth/contract';
import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/health-list.ts';
import '../../elements/notice.ts';
import '../../elements/progress.ts';
import '../../elements/time.ts';
import { define } from '../../elements/element.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { failureWords } from '../../words/failures.ts';
import { lasted } from '../../words/numbers.ts';
import { stateWord } from '../../words/service-words.ts';
import { HearthView } from '../view.ts';
import './dependencies.ts';
import './limits.ts';
import './resources.ts';
import './tasks.ts';

/** How the service does, and what it needs. */
export class ServiceOverview extends HearthView {
  static override properties = { service: {} };
  static override styles = [
    base,
    css`
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
        gap: 1.1rem;
        align-items: start;
      }
      .wide {
        grid-column: 1 / -1;
      }
      h2 {
        margin-block-end: 1rem;
      }
    `,
  ];
  declare service: string;
  readonly #row = this.select(({ services }) => services?.[this.service]);
  readonly #checks = this.select(({ serviceHealth }) => serviceHealth?.[this.service]);
  readonly #job = this.select(({ services, jobs }) => jobs?.[services?.[this.service]?.job ?? '']);
  readonly #progress = this.select(({ services, jobProgress }) => jobProgress?.[services?.[this.service]?.job ?? '']);

  constructor() {
    super();
    this.service = '';
  }

  override render(): unknown {
    const row = this.#row.value;
    if (row === undefined) return nothing;
    const job = this.#job.value;
    return html`<div class="grid">
      ${
        job === undefined
          ? nothing
          : html`<section class="card wide">
            <hearth-progress
              .job=${job}
              .progress=${this.#progress.value}
              @hearth-cancel=${(event: CustomEvent<string>) =>
                this.act(() => shell.rpc.call('job.cancel', { job: event.detail }), msg('Cancelling'))}
            ></hearth-progress>
          </section>`
      }
      ${this.#error(row)}
      <hearth-service-tasks class="wide" service=${this.service}></hearth-service-tasks>
      ${this.#status(row)} ${this.#health()}
      <hearth-service-dependencies service=${this.service}></hearth-service-dependencies>
      ${
        row.status.actual === 'running'
          ? html`<hearth-service-resources service=${this.service}></hearth-service-resources>`
          : nothing
      }
      <hearth-service-limits service=${this.service}></hearth-service-limits>
    </div>`;
  }

  #error(row: ServiceRow): unknown {
    if (row.error === null) return nothing;
    const { text, more } = failureWords(row.error);
    return html`<div class="wide">
      <hearth-notice tone="bad" heading=${text} text=${more ?? ''}>
        ${
          row.error.details === null
            ? nothing
            : html`<details>
              <summary>${msg('Details')}</summary>
              <p class="code small">${row.error.details}</p>
            </details>`
        }
      </hearth-notice>
    </div>`;
  }

  #status({ status }: ServiceRow): unknown {
    return html`<section class="card">
      <h2>${msg('State')}</h2>
      <dl class="facts">
        <dt>${msg('Now')}</dt>
        <dd>${stateWord(status.actual)}, ${msg('for')} <hearth-time lasting at=${status.since}></hearth-time></dd>
        ${
          status.reason === '' || status.reason.toLowerCase() === status.actual
            ? nothing
            : html`<dt>${msg('Why')}</dt>
              <dd>${status.reason}</dd>`
        }
        ${
          status.startedAt === null || status.startedAt === status.since
            ? nothing
            : html`<dt>${msg('Up for')}</dt>
              <dd>${lasted(Date.now() - status.startedAt)}</dd>`
        }
        ${
          status.crashes === 0
            ? nothing
            : html`<dt>${msg('Crashes in a row')}</dt>
              <dd>${status.crashes}</dd>`
        }
      </dl>
    </section>`;
  }

  #health(): unknown {
    const checks = this.#checks.value;
    const running = this.#row.value?.status.actual === 'running';
    return html`<section class="card">
      <h2>${msg('Health')}</h2>
      ${
        checks === undefined || Object.keys(checks).length === 0
          ? html`<p class="soft">
            ${
              running
                ? msg('It has not told anything about its health yet.')
                : msg('Its health is known while it runs.')
            }
          </p>`
          : html`<hearth-health-list .checks=${checks}></hearth-health-list>`
      }
    </section>`;
  }
}

define('hearth-service-overview', ServiceOverview);

import type { ActionMetadata, ServiceRow } from '@hearth/contract';
import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/empty.ts';
import { define } from '../../elements/element.ts';
import { base } from '../../styles/base.ts';
import { HearthView } from '../view.ts';
import './run-action.ts';

/** Everything the package lets its owner do, by group. */
export class ServiceActions extends HearthView {
  static override properties = { service: {}, running: { state: true } };
  static override styles = [
    base,
    css`
      h2 {
        margin-block-end: 0.4rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.5rem 1.25rem;
        align-items: center;
        padding-block: 0.95rem;
      }
      li:first-child {
        padding-block-start: 0;
      }
      li:last-child {
        padding-block-end: 0;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
    `,
  ];
  declare service: string;
  declare running: string | null;
  readonly #row = this.select(({ services }) => services?.[this.service]);

  constructor() {
    super();
    this.service = '';
    this.running = null;
  }

  override render(): unknown {
    const row = this.#row.value;
    if (row === undefined) return nothing;
    const actions = Object.entries(row.actions).filter(([, { visibility }]) => visibility !== 'hidden');
    if (actions.length === 0) {
      return html`<hearth-empty
        icon="zap"
        heading=${msg('No actions')}
        text=${msg('This service has nothing to be done from here: it is looked after in its own pages.')}
      ></hearth-empty>`;
    }
    const groups = Map.groupBy(actions, ([, { group }]) => group ?? '');
    return html`<div class="stack">
        ${[...groups].map(
          ([group, members]) => html`<section class="card">
            <h2>${group === '' ? msg('Actions') : group}</h2>
            <ul class="plain">
              ${members.map(([id, metadata]) => this.#action(row, id, metadata))}
            </ul>
          </section>`,
        )}
      </div>
      ${
        this.running === null
          ? nothing
          : html`<hearth-run-action
            service=${this.service}
            action=${this.running}
            @hearth-close=${() => (this.running = null)}
          ></hearth-run-action>`
      }`;
  }

  #action(row: ServiceRow, id: string, metadata: ActionMetadata): unknown {
    const hindered = hindrance(row, metadata);
    return html`<li>
      <div>
        <h3>${metadata.name}</h3>
        <p class="soft">${metadata.description}</p>
        ${hindered === null ? nothing : html`<p class="small soft"><em>${hindered}</em></p>`}
      </div>
      <hearth-button ?disabled=${hindered !== null} @click=${() => (this.running = id)}>${msg('Run')}</hearth-button>
    </li>`;
  }
}

/** Why the action cannot be run now; null when it can. */
export function hindrance(row: ServiceRow, { visibility, allowedStatuses }: ActionMetadata): string | null {
  if (typeof visibility === 'object') return visibility.disabled;
  const running = row.status.actual === 'running';
  if (allowedStatuses === 'only-running' && !running) return msg('Only while the service runs.');
  if (allowedStatuses === 'only-stopped' && row.status.actual !== 'stopped') {
    return msg('Only while the service is stopped.');
  }
  return null;
}

define('hearth-service-actions', ServiceActions);

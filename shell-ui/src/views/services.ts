import type { ServiceRow } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import '../elements/button.ts';
import '../elements/empty.ts';
import '../elements/skeleton.ts';
import { define } from '../elements/element.ts';
import { base } from '../styles/base.ts';
import { healthSummary } from '../words/service-words.ts';
import './service-card.ts';
import { HearthView } from './view.ts';

/** All services at a glance, with the one line that matters on top. */
export class ServicesView extends HearthView {
  static override styles = [
    base,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        justify-content: space-between;
        gap: 1rem 2rem;
        margin-block-end: clamp(1.5rem, 4vw, 2.75rem);
      }
      ul {
        display: grid;
        gap: 0.9rem;
      }
    `,
  ];
  readonly #services = this.select(({ services }) => services);
  readonly #health = this.select(({ serviceHealth }) => serviceHealth);
  readonly #server = this.select(({ server }) => server);

  override render(): unknown {
    const services = this.#services.value;
    if (services === undefined) return html`<hearth-skeleton rows="4"></hearth-skeleton>`;
    const rows = Object.values(services).sort((one, other) => one.manifest.title.localeCompare(other.manifest.title));
    return html`<header>
        <div class="stack tight">
          <p class="soft">${greeting(new Date().getHours())}</p>
          <h1>${rows.length === 0 ? this.#server.value?.name || 'Hearth' : this.#headline(rows)}</h1>
        </div>
        ${
          rows.length === 0
            ? nothing
            : html`<hearth-button icon="plus" href="/marketplace">${msg('Add a service')}</hearth-button>`
        }
      </header>
      ${
        rows.length === 0
          ? html`<hearth-empty
            icon="flame"
            heading=${msg('Ready for the first service')}
            text=${msg('The fire is lit. Synchronise your files, keep your photos, or share with family: pick what you need first.')}
          >
            <hearth-button variant="primary" icon="store" href="/marketplace"
              >${msg('Go to the marketplace')}</hearth-button
            >
          </hearth-empty>`
          : html`<ul class="plain">
            ${repeat(
              rows,
              ({ id }) => id,
              ({ id }) => html`<li><hearth-service-card service=${id}></hearth-service-card></li>`,
            )}
          </ul>`
      }`;
  }

  #headline(rows: readonly ServiceRow[]): string {
    const summaries = rows.map((row) => healthSummary(row, this.#health.value?.[row.id]));
    const troubled = summaries.filter((summary) => summary?.tone === 'bad' || summary?.tone === 'warn').length;
    if (troubled === 1) return msg('One service needs you');
    if (troubled > 1) return msg(str`${troubled} services need you`);
    const running = rows.filter(({ status }) => status.actual === 'running').length;
    if (running === 0) return msg('All is quiet');
    return msg('All is well at home');
  }
}

function greeting(hour: number): string {
  if (hour < 5) return msg('Good night');
  if (hour < 12) return msg('Good morning');
  return hour < 18 ? msg('Good afternoon') : msg('Good evening');
}

define('hearth-services-view', ServicesView);

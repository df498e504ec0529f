import { type DependencyRequirement, localise } from '@hearth/contract';
import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/service-icon.ts';
import '../../elements/status.ts';
import { define } from '../../elements/element.ts';
import { serviceIcon } from '../../state/icons.ts';
import { base } from '../../styles/base.ts';
import { language } from '../../words/locale.ts';
import { stateTone, stateWord } from '../../words/service-words.ts';
import { HearthView } from '../view.ts';

/** Other services this one needs, and how they do. */
export class ServiceDependencies extends HearthView {
  static override properties = { service: {} };
  static override styles = [
    base,
    css`
      h2 {
        margin-block-end: 0.6rem;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 0.8rem;
        align-items: center;
        padding-block: 0.6rem;
      }
      hearth-service-icon {
        --size: 2.25rem;
      }
    `,
  ];
  declare service: string;
  readonly #services = this.select(({ services }) => services);

  constructor() {
    super();
    this.service = '';
  }

  override willUpdate(): void {
    this.hidden = Object.keys(this.#services.value?.[this.service]?.dependencies ?? {}).length === 0;
  }

  override render(): unknown {
    const row = this.#services.value?.[this.service];
    const needs = Object.values(row?.dependencies ?? {});
    if (row === undefined || needs.length === 0) return nothing;
    return html`<section class="card">
      <h2>${msg('Needs')}</h2>
      <ul class="plain">
        ${needs.map((need) => this.#need(need, row.manifest.dependencies[need.id]?.description ?? ''))}
      </ul>
    </section>`;
  }

  #need({ id, kind }: DependencyRequirement, why: string | Record<string, string>): unknown {
    const other = this.#services.value?.[id];
    const text = localise(why, language());
    return html`<li>
      <hearth-service-icon
        src=${other === undefined ? '' : serviceIcon(other)}
        name=${other?.manifest.title ?? id}
      ></hearth-service-icon>
      <div>
        <a href=${other === undefined ? `/marketplace/${id}` : `/services/${id}`}>${other?.manifest.title ?? id}</a>
        ${text === '' ? nothing : html`<p class="small soft">${text}</p>`}
      </div>
      ${
        other === undefined
          ? html`<hearth-status tone="bad" text=${msg('Not installed')}></hearth-status>`
          : html`<hearth-status
            tone=${kind === 'running' && other.status.actual !== 'running' ? 'warn' : stateTone(other.status.actual)}
            text=${stateWord(other.status.actual)}
          ></hearth-status>`
      }
    </li>`;
  }
}

define('hearth-service-dependencies', ServiceDependencies);

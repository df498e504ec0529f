import { type DependencyRequirement, localise, type Manifest, type NeedEntry } from '@hearth/contract';
import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/service-icon.ts';
import '../../elements/status.ts';
import { define } from '../../elements/element.ts';
import { serviceIcon } from '../../state/icons.ts';
import { base } from '../../styles/base.ts';
import { language } from '../../words/locale.ts';
import { needWord } from '../../words/service-words.ts';
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
  readonly #needs = this.select(({ serviceNeeds }) => serviceNeeds?.[this.service]);

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
        ${needs.map((need) => this.#need(need, row.manifest.dependencies[need.id]))}
      </ul>
    </section>`;
  }

  #need({ id, kind }: DependencyRequirement, told: Manifest['dependencies'][string] | undefined): unknown {
    const other = this.#services.value?.[id];
    const state = this.#needs.value?.[id];
    const title = state?.title ?? other?.manifest.title ?? id;
    return html`<li>
      <hearth-service-icon src=${other === undefined ? '' : serviceIcon(other)} name=${title}></hearth-service-icon>
      <div>
        <a href=${other === undefined ? `/marketplace/${id}` : `/services/${id}`}>${title}</a>
        ${about(told, state)}
      </div>
      ${state === undefined ? nothing : standing(kind, state)}
    </li>`;
  }
}

function about(told: Manifest['dependencies'][string] | undefined, state: NeedEntry | undefined): unknown {
  const text = localise(told?.description ?? '', language());
  return html`${told?.optional === true ? html`<span class="small soft">${msg('optional')}</span>` : nothing}
  ${text === '' ? nothing : html`<p class="small soft">${text}</p>`}
  ${state === undefined || state.state === 'satisfied' ? nothing : html`<p class="small">${state.reason}</p>`}`;
}

const grave: ReadonlySet<NeedEntry['state']> = new Set(['missing', 'wrong-version']);

function standing(kind: DependencyRequirement['kind'], { state }: NeedEntry): unknown {
  const tone = state === 'satisfied' ? 'good' : grave.has(state) ? 'bad' : 'warn';
  const text = state === 'satisfied' && kind === 'exists' ? msg('Installed') : needWord(state);
  return html`<hearth-status tone=${tone} text=${text}></hearth-status>`;
}

define('hearth-service-dependencies', ServiceDependencies);

import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/empty.ts';
import '../elements/field.ts';
import '../elements/notice.ts';
import '../elements/service-icon.ts';
import '../elements/skeleton.ts';
import '../elements/status.ts';
import { define } from '../elements/element.ts';
import type { MarketPackage } from '../link/methods.ts';
import { shell } from '../shell.ts';
import { base } from '../styles/base.ts';
import { language } from '../words/locale.ts';
import { callFailureWords } from '../words/failures.ts';
import { Remote } from './remote.ts';
import './registries.ts';
import './sideload.ts';
import { HearthView } from './view.ts';

/** What can be installed. */
export class MarketplaceView extends HearthView {
  static override properties = { search: { state: true } };
  static override styles = [
    base,
    css`
      header {
        margin-block-end: 1.75rem;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 17.5rem), 1fr));
        gap: 1.1rem;
      }
      article {
        position: relative;
        display: grid;
        gap: 0.85rem;
        align-content: start;
        block-size: 100%;
        transition:
          box-shadow 160ms,
          transform 160ms;
      }
      article:hover {
        box-shadow: var(--shadow-2);
        transform: translateY(-2px);
      }
      h2 a {
        color: inherit;
        text-decoration: none;
      }
      h2 a::after {
        content: '';
        position: absolute;
        inset: 0;
        border-radius: var(--radius-l);
      }
      h2 a:focus-visible {
        outline: none;
      }
      article:has(a:focus-visible) {
        outline: 3px solid var(--ember);
        outline-offset: 2px;
      }
      .foot {
        margin-block-start: auto;
      }
      .foot hearth-sideload {
        margin-inline-start: auto;
      }
      hearth-field {
        max-inline-size: 26rem;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: end;
        gap: 1rem;
        margin-block-end: 1.5rem;
      }
    `,
  ];
  declare search: string;
  readonly #services = this.select(({ services }) => services);
  readonly #market = new Remote(this, (signal) => shell.rpc.call('marketplace.list', { locale: language() }, signal));

  constructor() {
    super();
    this.search = '';
  }

  override render(): unknown {
    return html`<header class="stack tight">
        <h1 tabindex="-1">${msg('Marketplace')}</h1>
        <p class="lead">${msg('Services for your server. Every one is signed by its publisher and checked before it runs.')}</p>
      </header>
      <div class="tools">
        <hearth-field
          class="grow"
          type="search"
          label=${msg('Search')}
          .value=${this.search}
          @hearth-input=${(event: CustomEvent<string>) => (this.search = event.detail)}
        ></hearth-field>
        <div class="row">
          <hearth-registries @hearth-changed=${() => this.#market.load()}></hearth-registries>
          <hearth-sideload></hearth-sideload>
        </div>
      </div>
      ${this.#list()}`;
  }

  #list(): unknown {
    const { value, error } = this.#market;
    if (error !== null) {
      const { text, more } = callFailureWords(error);
      return html`<hearth-notice tone="bad" heading=${text} text=${more ?? ''}>
        <div>
          <hearth-button size="s" icon="refresh-cw" @click=${() => this.#market.load()}>${msg('Try again')}</hearth-button>
        </div>
      </hearth-notice>`;
    }
    if (value === null) return html`<hearth-skeleton></hearth-skeleton>`;
    const wanted = this.search.trim().toLowerCase();
    const found = value.packages.filter((one) =>
      [one.title, one.short, one.id, ...one.categories].some((text) => text.toLowerCase().includes(wanted)),
    );
    if (found.length === 0) {
      return html`<hearth-empty
        icon="search"
        heading=${wanted === '' ? msg('The shelves are empty') : msg('Nothing found')}
        text=${
          wanted === ''
            ? msg('None of your registries offers a package for this machine.')
            : msg(str`Nothing here is called, or is about, “${this.search.trim()}”.`)
        }
      ></hearth-empty>`;
    }
    return html`<p class="hidden-visually" role="status">${msg(str`${found.length} found`)}</p>
      <ul class="plain">
        ${found.map((one) => html`<li>${this.#tile(one)}</li>`)}
      </ul>`;
  }

  #tile(one: MarketPackage): unknown {
    const installed = this.#services.value?.[one.id];
    return html`<article class="card">
      <div class="row spread">
        <hearth-service-icon src=${one.icon ?? ''} name=${one.title}></hearth-service-icon>
        ${
          installed === undefined ? nothing : html`<hearth-status tone="good" text=${msg('Installed')}></hearth-status>`
        }
      </div>
      <h2><a href=${`/marketplace/${one.id}`}>${one.title}</a></h2>
      <p class="soft">${one.short}</p>
      <div class="row small soft foot">
        <span>${one.versions[0]?.version ?? ''}</span>
        ${one.recipe ? html`<span>· ${msg('built on this machine')}</span>` : nothing}
      </div>
    </article>`;
  }
}

define('hearth-marketplace-view', MarketplaceView);

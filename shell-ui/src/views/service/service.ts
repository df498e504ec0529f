import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/confirm.ts';
import '../../elements/empty.ts';
import '../../elements/menu.ts';
import '../../elements/service-icon.ts';
import '../../elements/skeleton.ts';
import '../../elements/status.ts';
import '../../elements/tabs.ts';
import { define } from '../../elements/element.ts';
import { pathTo, type ServiceTab, serviceTabs } from '../../router.ts';
import { shell } from '../../shell.ts';
import { serviceIcon } from '../../state/icons.ts';
import { base } from '../../styles/base.ts';
import { isOwnedByJob, stateTone, stateWord } from '../../words/service-words.ts';
import { openButtons } from '../controls.ts';
import '../moves.ts';
import { HearthView } from '../view.ts';
import './about.ts';
import './actions.ts';
import './addresses.ts';
import './backups.ts';
import './logs.ts';
import './overview.ts';
import './uninstall.ts';

/** One service: what it is and how it does, and its parts. */
export class ServiceView extends HearthView {
  static override properties = { service: {}, tab: {}, leaving: { state: true } };
  static override styles = [
    base,
    css`
      .back {
        display: inline-flex;
        align-items: center;
        gap: 0.35rem;
        color: var(--ink-soft);
        text-decoration: none;
        font-weight: 600;
      }
      header {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto auto;
        gap: 1rem 0.6rem;
        align-items: center;
        margin-block: 1.1rem 1.6rem;
      }
      hearth-service-icon {
        --size: clamp(3.75rem, 9vw, 5rem);
        margin-inline-end: 0.8rem;
      }
      .under {
        display: flex;
        flex-wrap: wrap;
        gap: 0.35rem 0.8rem;
        align-items: center;
        margin-block-start: 0.5rem;
      }
      hearth-tabs {
        margin-block-end: 1.6rem;
      }
      @media (max-width: 46rem) {
        header {
          grid-template-columns: auto minmax(0, 1fr) auto;
        }
        .actions {
          grid-area: 2 / 1 / auto / -1;
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
  declare tab: ServiceTab;
  declare leaving: boolean;
  readonly #loaded = this.select(({ services }) => services !== undefined);
  readonly #row = this.select(({ services }) => services?.[this.service]);
  readonly #network = this.select(({ network }) => network);
  readonly #update = this.select(({ marketplace }) => marketplace?.updates?.[this.service]?.version);

  constructor() {
    super();
    this.service = '';
    this.tab = 'overview';
    this.leaving = false;
  }

  override render(): unknown {
    if (!this.#loaded.value) return html`<hearth-skeleton></hearth-skeleton>`;
    const row = this.#row.value;
    if (row === undefined) {
      return html`<hearth-empty
        whole
        icon="package"
        heading=${msg('No such service here')}
        text=${msg(str`“${this.service}” is not installed. It may have been uninstalled a moment ago.`)}
      >
        <div class="row">
          <hearth-button href="/services">${msg('All services')}</hearth-button>
          <hearth-button variant="primary" href="/marketplace/${this.service}">${msg('Look in the marketplace')}</hearth-button>
        </div>
      </hearth-empty>`;
    }
    const { manifest, status } = row;
    return html`<a class="back" href="/services"><hearth-icon name="arrow-left"></hearth-icon>${msg('Services')}</a>
      <header>
        <hearth-service-icon src=${serviceIcon(row)} name=${manifest.title}></hearth-service-icon>
        <div>
          <h1 tabindex="-1">${manifest.title}</h1>
          <div class="under">
            <hearth-status tone=${stateTone(status.actual)} text=${stateWord(status.actual)}></hearth-status>
            <span class="soft small">${manifest.version}</span>
          </div>
        </div>
        <div class="actions row end">
          ${this.#updateButton()}
          <hearth-moves service=${row.id}></hearth-moves>
          ${openButtons(row, this.#network.value, 'm')}
        </div>
          ${
            isOwnedByJob(status.actual)
              ? nothing
              : html`<hearth-menu
                label=${msg(str`More for ${manifest.title}`)}
                .items=${[
                  { value: 'rebuild', text: msg('Rebuild'), icon: 'hammer' },
                  { value: 'uninstall', text: msg('Uninstall…'), icon: 'trash-2', danger: true },
                ]}
                @hearth-choose=${this.#choose}
              ></hearth-menu>`
          }
      </header>
      <hearth-tabs label=${msg(str`Parts of ${manifest.title}`)} .links=${this.#tabs()}></hearth-tabs>
      ${this.#part()}
      <hearth-uninstall
        service=${this.service}
        title=${manifest.title}
        ?open=${this.leaving}
        @hearth-close=${() => (this.leaving = false)}
      ></hearth-uninstall>`;
  }

  #updateButton(): unknown {
    const version = this.#update.value;
    const row = this.#row.value;
    if (version === undefined || row === undefined || isOwnedByJob(row.status.actual)) return nothing;
    return html`<hearth-button icon="sparkles" href=${`/marketplace/${this.service}`}
      >${msg('Update')}<span class="hidden-visually"> ${msg(str`to ${version}`)}</span></hearth-button
    >`;
  }

  #tabs(): unknown {
    const words: Record<ServiceTab, string> = {
      overview: msg('Overview'),
      addresses: msg('Addresses'),
      actions: msg('Actions'),
      logs: msg('Logs'),
      backups: msg('Backups'),
      about: msg('About'),
    };
    return serviceTabs.map((tab) => ({
      href: pathTo({ view: 'service', service: this.service, tab }),
      text: words[tab],
      current: tab === this.tab,
    }));
  }

  #part(): unknown {
    const { service } = this;
    switch (this.tab) {
      case 'overview':
        return html`<hearth-service-overview service=${service}></hearth-service-overview>`;
      case 'addresses':
        return html`<hearth-service-addresses service=${service}></hearth-service-addresses>`;
      case 'actions':
        return html`<hearth-service-actions service=${service}></hearth-service-actions>`;
      case 'logs':
        return html`<hearth-service-logs service=${service}></hearth-service-logs>`;
      case 'backups':
        return html`<hearth-service-backups service=${service}></hearth-service-backups>`;
      case 'about':
        return html`<hearth-service-about service=${service}></hearth-service-about>`;
    }
  }

  readonly #choose = (event: CustomEvent<string>): void => {
    if (event.detail === 'uninstall') this.leaving = true;
    if (event.detail === 'rebuild') {
      void this.act(() => shell.rpc.call('package.rebuild', { id: this.service }), msg('Rebuilding its container'));
    }
  };
}

define('hearth-service-view', ServiceView);

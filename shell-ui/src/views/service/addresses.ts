import type { ServiceRow } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/address.ts';
import '../../elements/button.ts';
import '../../elements/empty.ts';
import '../../elements/status.ts';
import { addressKindWords, isWebAddress } from '../../elements/address.ts';
import { define } from '../../elements/element.ts';
import { interfacesOf, type ReachableInterface, providersOf } from '../../state/interfaces.ts';
import type { Address } from '../../state/slices.ts';
import { base } from '../../styles/base.ts';
import { HearthView } from '../view.ts';
import './run-action.ts';

/** An action of a service that gives addresses, about one interface or address. */
interface Asked {
  readonly service: string;
  readonly action: string;
  readonly prefill: Record<string, unknown>;
}

/** Where the service can be reached. */
export class ServiceAddresses extends HearthView {
  static override properties = { service: {}, asked: { state: true } };
  static override styles = [
    base,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 0.8rem;
        align-items: center;
        margin-block-end: 0.3rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      ul {
        margin-block-start: 0.7rem;
      }
    `,
  ];
  declare service: string;
  declare asked: Asked | null;
  readonly #row = this.select(({ services }) => services?.[this.service]);
  readonly #services = this.select(({ services }) => services);
  readonly #plugins = this.select(({ plugins }) => plugins);
  readonly #network = this.select(({ network }) => network);

  constructor() {
    super();
    this.service = '';
    this.asked = null;
  }

  override render(): unknown {
    const row = this.#row.value;
    if (row === undefined) return nothing;
    const interfaces = interfacesOf(row, this.#network.value);
    if (interfaces.length === 0) {
      return html`<hearth-empty
        icon="network"
        heading=${msg('No addresses')}
        text=${msg('The service has not told yet how it wants to be reached. Many do so when they first start.')}
      ></hearth-empty>`;
    }
    return html`<div class="stack">${interfaces.map((one) => this.#interface(one))}</div>
      ${
        this.asked === null
          ? nothing
          : html`<hearth-run-action
            service=${this.asked.service}
            action=${this.asked.action}
            .prefill=${this.asked.prefill}
            @hearth-close=${() => (this.asked = null)}
          ></hearth-run-action>`
      }`;
  }

  #interface(face: ReachableInterface): unknown {
    const { name, description, type, addresses } = face;
    const words = { ui: msg('Web page'), api: msg('For programs'), p2p: msg('For other servers') };
    return html`<section class="card">
      <header>
        <h2>${name}</h2>
        <hearth-status tone=${type === 'ui' ? 'good' : 'idle'} text=${words[type]}></hearth-status>
      </header>
      <p class="soft">${description}</p>
      ${
        addresses.length === 0
          ? html`<p class="soft small">${msg('It has an address while the service runs.')}</p>`
          : html`<ul class="plain">
            ${addresses.map((address) => html`<li>${this.#address(face, address)}</li>`)}
          </ul>`
      }
      ${this.#offers(face)}
    </section>`;
  }

  #address({ name, type, masked }: ReachableInterface, { url, kind, given }: Address): unknown {
    const provider = given === undefined || given.confined ? undefined : this.#services.value?.[given.service];
    const actions =
      given === undefined ? [] : [...given.actions.more, given.actions.remove].filter((id) => id !== null);
    return html`<hearth-address
        url=${url}
        name=${name}
        kind=${given === undefined ? addressKindWords(kind) : this.#giver(given, provider)}
        ?masked=${masked}
        ?openable=${type === 'ui' && isWebAddress(url)}
      ></hearth-address>
      ${
        given === undefined || provider === undefined || actions.length === 0
          ? nothing
          : html`<div class="row">
            ${actions.map((action) =>
              this.#button(given.service, action, provider.actions[action]?.name, given.metadata),
            )}
          </div>`
      }`;
  }

  /** Who gave it; and that it leads nowhere while that service is down. */
  #giver({ service, confined }: NonNullable<Address['given']>, provider: ServiceRow | undefined): string {
    if (confined === true) return msg(str`By the plugin ${this.#plugins.value?.[service]?.title ?? service}`);
    const title = provider?.manifest.title ?? service;
    return provider?.status.actual === 'running' ? msg(str`By ${title}`) : msg(str`By ${title}, while it runs`);
  }

  /** What other services can give it. */
  #offers({ metadata }: ReachableInterface): unknown {
    const providers = providersOf(this.#services.value ?? {}).filter(({ service }) => service !== this.service);
    if (metadata === null || providers.length === 0) return nothing;
    return html`<div class="row">
      ${providers.map(({ service, action, name }) => this.#button(service, action, name, metadata))}
    </div>`;
  }

  #button(service: string, action: string, name: string | undefined, metadata: object): unknown {
    if (name === undefined) return nothing;
    const asked: Asked = { service, action, prefill: { urlPluginMetadata: metadata } };
    return html`<hearth-button size="s" @click=${() => (this.asked = asked)}>${name}</hearth-button>`;
  }
}

define('hearth-service-addresses', ServiceAddresses);

import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/address.ts';
import '../../elements/empty.ts';
import '../../elements/status.ts';
import { addressKindWords, isWebAddress } from '../../elements/address.ts';
import { define } from '../../elements/element.ts';
import { interfacesOf, type ReachableInterface } from '../../state/interfaces.ts';
import { base } from '../../styles/base.ts';
import { HearthView } from '../view.ts';

/** Where the service can be reached. */
export class ServiceAddresses extends HearthView {
  static override properties = { service: {} };
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
  readonly #row = this.select(({ services }) => services?.[this.service]);
  readonly #network = this.select(({ network }) => network);

  constructor() {
    super();
    this.service = '';
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
    return html`<div class="stack">${interfaces.map((one) => this.#interface(one))}</div>`;
  }

  #interface({ name, description, type, masked, addresses }: ReachableInterface): unknown {
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
            ${addresses.map(
              ({ url, kind }) => html`<li>
                <hearth-address
                  url=${url}
                  name=${name}
                  kind=${addressKindWords(kind)}
                  ?masked=${masked}
                  ?openable=${type === 'ui' && isWebAddress(url)}
                ></hearth-address>
              </li>`,
            )}
          </ul>`
      }
    </section>`;
  }
}

define('hearth-service-addresses', ServiceAddresses);

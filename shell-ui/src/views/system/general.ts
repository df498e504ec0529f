import { msg } from '@lit/localize';
import { css, html } from 'lit';
import '../../elements/address.ts';
import '../../elements/choices.ts';
import '../../elements/skeleton.ts';
import '../../elements/time.ts';
import { addressKindWords } from '../../elements/address.ts';
import { define } from '../../elements/element.ts';
import { base } from '../../styles/base.ts';
import { applyTheme, readTheme, type Theme } from '../../theme.ts';
import { HearthView } from '../view.ts';
import './mail.ts';

/** Name, version, addresses, and how the page looks. */
export class SystemGeneral extends HearthView {
  static override styles = [
    base,
    css`
      h2 {
        margin-block-end: 0.9rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      hearth-select {
        max-inline-size: 20rem;
      }
    `,
  ];
  readonly #server = this.select(({ server }) => server);
  readonly #network = this.select(({ network }) => network);

  override render(): unknown {
    const server = this.#server.value;
    if (server === undefined) return html`<hearth-skeleton></hearth-skeleton>`;
    const addresses = this.#network.value?.server ?? [];
    return html`<div class="stack">
      <section class="card">
        <h2>${msg('This server')}</h2>
        <dl class="facts">
          <dt>${msg('Name')}</dt>
          <dd>${server.name}</dd>
          <dt>${msg('On your network')}</dt>
          <dd>${server.hostname}.local</dd>
          <dt>${msg('Hearth')}</dt>
          <dd>${server.version}</dd>
          <dt>${msg('Started')}</dt>
          <dd><hearth-time at=${server.startedAt}></hearth-time></dd>
        </dl>
      </section>
      <section class="card">
        <h2>${msg('Addresses of this page')}</h2>
        ${
          addresses.length === 0
            ? html`<p class="soft">${msg('The network has not told any address yet.')}</p>`
            : html`<ul class="plain">
              ${addresses.map(
                ({ url, kind }) => html`<li>
                  <hearth-address
                    url=${url}
                    name=${server.name}
                    kind=${addressKindWords(kind)}
                    openable
                  ></hearth-address>
                </li>`,
              )}
            </ul>`
        }
      </section>
      <hearth-system-mail></hearth-system-mail>
      <section class="card">
        <h2>${msg('Appearance')}</h2>
        <hearth-select
          label=${msg('Light or dark')}
          hint=${msg('On this device only.')}
          .value=${readTheme()}
          .choices=${[
            { value: 'auto', text: msg('As the device says') },
            { value: 'light', text: msg('Light') },
            { value: 'dark', text: msg('Dark') },
          ]}
          @hearth-input=${(event: CustomEvent<Theme>) => applyTheme(event.detail)}
        ></hearth-select>
      </section>
    </div>`;
  }
}

define('hearth-system-general', SystemGeneral);

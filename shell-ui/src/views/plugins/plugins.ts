import type { PluginRow, PluginStatus } from '@hearth/contract';
import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/empty.ts';
import '../../elements/status.ts';
import './install.ts';
import { define } from '../../elements/element.ts';
import { pathTo } from '../../router.ts';
import { base } from '../../styles/base.ts';
import { pluginStateWords } from '../../words/plugin-words.ts';
import { HearthView } from '../view.ts';

/** The plugins of this server. */
export class Plugins extends HearthView {
  static override styles = [
    base,
    css`
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 1rem;
        align-items: center;
        justify-content: space-between;
        margin-block-end: 0.8rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.15rem 1rem;
        padding-block: 0.8rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      li p {
        grid-column: 1 / -1;
      }
    `,
  ];
  readonly #plugins = this.select(({ plugins }) => plugins);
  readonly #status = this.select(({ pluginStatus }) => pluginStatus);

  override render(): unknown {
    const plugins = Object.values(this.#plugins.value ?? {}).sort((one, other) => one.title.localeCompare(other.title));
    return html`<section class="card">
      <div class="head">
        <h2>${msg('Plugins')}</h2>
        <hearth-install-plugin></hearth-install-plugin>
      </div>
      <p class="soft">
        ${msg('Small additions by others. Each runs confined and can do nothing but what you allow it.')}
      </p>
      ${
        plugins.length === 0
          ? html`<hearth-empty icon="sparkles" heading=${msg('No plugins yet')}></hearth-empty>`
          : html`<ul class="plain">
            ${plugins.map((row) => this.#line(row, this.#status.value?.[row.id]))}
          </ul>`
      }
    </section>`;
  }

  #line(row: PluginRow, status: PluginStatus | undefined): unknown {
    const { text, tone } = pluginStateWords(status);
    return html`<li>
      <div>
        <a href=${pathTo({ view: 'plugin', plugin: row.id })}><strong>${row.title}</strong></a>
        <span class="small soft">${row.version}</span>
      </div>
      <hearth-status tone=${tone} text=${text}></hearth-status>
      <p class="small soft">${row.about}</p>
      ${status === undefined || status.reason === '' ? nothing : html`<p class="small">${status.reason}</p>`}
    </li>`;
  }
}

define('hearth-plugins', Plugins);

import { compareCapabilities, covers, type PluginRow, sentenceOf } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/choices.ts';
import '../../elements/confirm.ts';
import '../../elements/empty.ts';
import '../../elements/health-list.ts';
import '../../elements/notice.ts';
import '../../elements/status.ts';
import './panel-host.ts';
import { define } from '../../elements/element.ts';
import { pathTo } from '../../router.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { pluginStateWords } from '../../words/plugin-words.ts';
import { HearthView } from '../view.ts';

/** One plugin: its page, what it may do, and how to be rid of it. */
export class PluginView extends HearthView {
  static override properties = { plugin: {}, removing: { state: true }, busy: { state: true } };
  static override styles = [
    base,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1rem;
        align-items: center;
        margin-block: 0.4rem 1.4rem;
      }
      h2 {
        margin-block-end: 0.7rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.15rem 1rem;
        align-items: center;
        padding-block: 0.7rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      li p {
        grid-column: 1 / -1;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem;
      }
    `,
  ];
  declare plugin: string;
  declare removing: boolean;
  declare busy: boolean;
  readonly #row = this.select(({ plugins }) => plugins?.[this.plugin]);
  readonly #status = this.select(({ pluginStatus }) => pluginStatus?.[this.plugin]);

  constructor() {
    super();
    this.plugin = '';
    this.removing = false;
    this.busy = false;
  }

  override render(): unknown {
    const row = this.#row.value;
    const back = html`<a class="small" href=${pathTo({ view: 'system', tab: 'plugins' })}>${msg('All plugins')}</a>`;
    if (row === undefined)
      return html`${back}<h1 tabindex="-1">${msg('No such plugin')}</h1>
        <p class="soft">${msg('It is not installed, or not any more.')}</p>`;
    const { text, tone } = pluginStateWords(this.#status.value);
    return html`${back}
      <header>
        <h1 tabindex="-1">${row.title}</h1>
        <hearth-status tone=${tone} text=${text}></hearth-status>
      </header>
      <div class="stack">${this.#trouble()} ${this.#page(row)} ${this.#checks()} ${this.#grants(row)} ${this.#facts(row)}</div>
      <hearth-confirm
        danger
        heading=${msg(str`Remove ${row.title}?`)}
        action=${msg('Remove')}
        ?open=${this.removing}
        ?busy=${this.busy}
        @hearth-confirm=${() => this.#remove(row)}
        @hearth-close=${() => (this.removing = false)}
        ><p>${msg('Everything it has kept goes with it.')}</p></hearth-confirm
      >`;
  }

  #trouble(): unknown {
    const status = this.#status.value;
    if (status === undefined || status.reason === '' || status.state === 'off') return nothing;
    return html`<hearth-notice tone="warn" text=${status.reason}></hearth-notice>`;
  }

  #page(row: PluginRow): unknown {
    const allowed = row.granted.some(({ capability }) => capability === 'panel');
    if (row.panel === null || !allowed || !row.enabled) return nothing;
    return html`<section class="card">
      <hearth-panel-host
        plugin=${row.id}
        file=${row.panel.file}
        name=${row.panel.title}
        version=${row.rootSighash.slice(0, 16)}
      ></hearth-panel-host>
    </section>`;
  }

  #checks(): unknown {
    const checks = this.#status.value?.checks ?? {};
    if (Object.keys(checks).length === 0) return nothing;
    return html`<section class="card">
      <h2>${msg('Health')}</h2>
      <hearth-health-list .checks=${checks}></hearth-health-list>
    </section>`;
  }

  #grants(row: PluginRow): unknown {
    return html`<section class="card">
      <h2>${msg('What it may do')}</h2>
      <ul class="plain">
        ${row.asked.map((asked) => {
          const given = row.granted.some((each) => covers(each, asked));
          return html`<li>
            <hearth-toggle
              label=${sentenceOf(asked)}
              .value=${given}
              ?disabled=${this.busy}
              @hearth-input=${(event: CustomEvent<boolean>) => this.#allow(row, asked.capability, event.detail)}
            ></hearth-toggle>
            <p class="small soft">
              ${asked.reason} ${asked.optional === true ? nothing : msg('It does not run without.')}
            </p>
          </li>`;
        })}
      </ul>
    </section>`;
  }

  #facts(row: PluginRow): unknown {
    return html`<section class="card stack">
      <h2>${msg('About')}</h2>
      <p>${row.about}</p>
      <dl class="facts">
        <dt>${msg('Version')}</dt>
        <dd>${row.version}</dd>
        <dt>${msg('Author')}</dt>
        <dd>${row.author ?? msg('Not named')}</dd>
        <dt>${msg('Signed with key')}</dt>
        <dd><code>${row.signer.slice(0, 32)}…</code></dd>
      </dl>
      <div class="row">
        <hearth-button ?busy=${this.busy} @click=${() => this.#switch(row)}
          >${row.enabled ? msg('Turn off') : msg('Turn on')}</hearth-button
        >
        <hearth-button variant="danger" icon="trash-2" @click=${() => (this.removing = true)}
          >${msg('Remove')}</hearth-button
        >
      </div>
    </section>`;
  }

  #allow(row: PluginRow, capability: string, wanted: boolean): void {
    const kept = compareCapabilities(row.granted, row.asked)
      .filter(({ needsGrant, change }) => !needsGrant && change !== 'gone')
      .map((each) => each.capability)
      .filter((name) => name !== capability);
    const capabilities = wanted ? [...kept, capability] : kept;
    void this.#doing(() => shell.rpc.call('plugin.grant', { id: row.id, capabilities }));
  }

  #switch(row: PluginRow): void {
    void this.#doing(() => shell.rpc.call(row.enabled ? 'plugin.disable' : 'plugin.enable', { id: row.id }));
  }

  async #remove(row: PluginRow): Promise<void> {
    const done = await this.#doing(
      () => shell.rpc.call('plugin.remove', { id: row.id, keepData: false }),
      msg(str`${row.title} is removed`),
    );
    if (done) shell.router.go({ view: 'system', tab: 'plugins' });
  }

  async #doing(work: () => Promise<unknown>, done?: string): Promise<boolean> {
    this.busy = true;
    const well = await this.act(work, done);
    this.busy = false;
    return well;
  }
}

define('hearth-plugin-view', PluginView);

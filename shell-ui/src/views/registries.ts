import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/dialog.ts';
import '../elements/field.ts';
import '../elements/notice.ts';
import '../elements/skeleton.ts';
import { define } from '../elements/element.ts';
import type { RegistryRow } from '../link/methods.ts';
import { shell } from '../shell.ts';
import { base } from '../styles/base.ts';
import { callFailureWords } from '../words/failures.ts';
import { Remote } from './remote.ts';
import { FormView } from './form-view.ts';

/** Where the marketplace looks for services. Emits `hearth-changed`. */
export class Registries extends FormView {
  static override properties = {
    ...FormView.properties,
    open: { state: true },
    url: { state: true },
  };
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      li {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: 1rem;
        padding-block: 0.7rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      li > div {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare open: boolean;
  declare url: string;
  readonly #known = new Remote(this, (signal) => shell.rpc.call('registry.list', {}, signal), false);

  constructor() {
    super();
    this.open = false;
    this.url = '';
  }

  override render(): unknown {
    return html`<hearth-button icon="store" @click=${this.#show}>${msg('Registries')}</hearth-button>
      <hearth-dialog heading=${msg('Registries')} ?open=${this.open} @hearth-close=${() => (this.open = false)}>
        <div class="stack loose">
          <p>
            ${msg('The marketplace shows what these offer. Add only registries of people you trust: what you install from them runs on your server.')}
          </p>
          ${this.#list()}
          <form class="stack" @submit=${this.#add} novalidate>
            ${this.notice()}
            <hearth-field
              label=${msg('Address of another one')}
              placeholder="https://registry.example.com/"
              type="url"
              .value=${this.url}
              @hearth-input=${(event: CustomEvent<string>) => (this.url = event.detail)}
            ></hearth-field>
          </form>
        </div>
        <hearth-button slot="footer" @click=${() => (this.open = false)}>${msg('Close')}</hearth-button>
        <hearth-button slot="footer" variant="primary" ?busy=${this.busy} @click=${this.#add}>${msg('Add')}</hearth-button>
      </hearth-dialog>`;
  }

  #list(): unknown {
    const { value, error } = this.#known;
    if (error !== null) {
      const { text, more } = callFailureWords(error);
      return html`<hearth-notice tone="bad" heading=${text} text=${more ?? ''}></hearth-notice>`;
    }
    if (value === null) return html`<hearth-skeleton rows="2"></hearth-skeleton>`;
    return html`<ul class="plain">
      ${value.registries.map((row) => html`<li>${this.#row(row)}</li>`)}
    </ul>`;
  }

  #row({ url, name, fixed }: RegistryRow): unknown {
    return html`<div>
        <strong>${name}</strong>
        ${name === url ? nothing : html`<div class="small soft">${url}</div>`}
      </div>
      ${
        fixed
          ? html`<span class="small soft">${msg('Always there')}</span>`
          : html`<hearth-button size="s" @click=${() => this.#remove(url)}>${msg(str`Remove ${name}`)}</hearth-button>`
      }`;
  }

  readonly #show = (): void => {
    this.open = true;
    void this.#known.load();
  };

  readonly #add = async (event: Event): Promise<void> => {
    const url = this.url.trim();
    await this.send(event, url !== '', async () => {
      await shell.rpc.call('registry.add', { url });
      this.url = '';
      await this.#changed();
    });
  };

  #remove(url: string): void {
    const done = msg('Removed. What was installed from it stays.');
    void this.act(() => shell.rpc.call('registry.remove', { url }), done).then(() => this.#changed());
  }

  async #changed(): Promise<void> {
    await this.#known.load();
    this.tell('hearth-changed');
  }
}

define('hearth-registries', Registries);

import { msg } from '@lit/localize';
import { html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/field.ts';
import '../../elements/notice.ts';
import { define } from '../../elements/element.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import '../threshold.ts';
import { Remote } from '../remote.ts';
import { HearthView } from '../view.ts';
import './rescue-tools.ts';

/** A server that is up but cannot let anybody in: says why, and gives the tools to whoever has the code of its console. */
export class DistressView extends HearthView {
  static override properties = {
    code: { state: true },
    open: { state: true },
    wrong: { state: true },
    busy: { state: true },
  };
  static override styles = [base];
  declare code: string;
  declare open: boolean;
  declare wrong: boolean;
  declare busy: boolean;
  readonly #status = new Remote(this, (signal) => shell.rpc.call('server.status', {}, signal));

  constructor() {
    super();
    this.code = '';
    this.open = false;
    this.wrong = false;
    this.busy = false;
  }

  override render(): unknown {
    const broken = this.#status.value?.plugins.filter(({ outcome }) => outcome !== 'ok') ?? [];
    return html`<hearth-threshold
      wide
      heading=${msg('Your server needs help')}
      text=${msg('Something it cannot do without did not start. Your services go on running.')}
    >
      ${this.open ? html`<hearth-rescue-tools .plugins=${broken}></hearth-rescue-tools>` : this.#door(broken)}
    </hearth-threshold>`;
  }

  #door(broken: readonly { readonly plugin: string; readonly error: { readonly message: string } | null }[]): unknown {
    return html`<form class="stack loose" @submit=${this.#submit} novalidate>
      ${broken.map(
        ({ plugin, error }) =>
          html`<hearth-notice tone="bad" heading=${plugin} text=${error?.message ?? ''}></hearth-notice>`,
      )}
      <hearth-field
        name="code"
        autocomplete="off"
        label=${msg('Rescue code')}
        hint=${msg('As root on the server: “hearth status” shows it.')}
        .value=${this.code}
        error=${this.wrong ? msg('That is not the code.') : ''}
        required
        @hearth-input=${(event: CustomEvent<string>) => (this.code = event.detail)}
      ></hearth-field>
      <hearth-button type="submit" variant="primary" ?busy=${this.busy}>${msg('Rescue it')}</hearth-button>
      ${this.busy ? html`<p class="small soft">${msg('One moment …')}</p>` : nothing}
    </form>`;
  }

  readonly #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.busy || this.code.trim() === '') return;
    this.busy = true;
    shell.session.keep(this.code.trim());
    this.open = await shell.rpc.call('db.snapshot.list', {}).then(
      () => true,
      () => false,
    );
    this.wrong = !this.open;
    this.busy = false;
  };
}

define('hearth-distress-view', DistressView);

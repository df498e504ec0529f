import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/confirm.ts';
import '../../elements/notice.ts';
import '../../elements/time.ts';
import { define } from '../../elements/element.ts';
import type { FailedPlugin, StateSnapshot } from '../../link/methods.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { failureWords } from '../../words/failures.ts';
import { Remote } from '../remote.ts';
import { HearthView } from '../view.ts';

/** How often the page asks whether the server is back, and for how long. */
const knockMs = 1000;
const patience = 90;

/** What is broken, in words, and what can be done about it: start again, repair, go back, ask for help. */
export class RescueTools extends HearthView {
  static override properties = { plugins: {}, chosen: { state: true }, waiting: { state: true } };
  static override styles = [
    base,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.3rem 1rem;
        padding-block: 0.6rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
    `,
  ];
  declare plugins: readonly FailedPlugin[];
  declare chosen: StateSnapshot | null;
  declare waiting: boolean;
  readonly #snapshots = new Remote(this, (signal) => shell.rpc.call('db.snapshot.list', {}, signal));

  constructor() {
    super();
    this.plugins = [];
    this.chosen = null;
    this.waiting = false;
  }

  override render(): unknown {
    const broken = this.plugins.filter(({ outcome }) => outcome !== 'ok');
    const state = broken.find(({ plugin }) => plugin === 'state');
    return html`<div class="stack">
      ${broken.map((row) => this.#failure(row))}
      <div class="row">
        <hearth-button variant="primary" icon="refresh-cw" ?busy=${this.waiting} @click=${() => this.#restart()}
          >${msg('Start Hearth again')}</hearth-button
        >
        ${
          state === undefined
            ? nothing
            : html`<hearth-button ?busy=${this.waiting} @click=${() => this.#repair()}
              >${msg('Repair the state')}</hearth-button
            >`
        }
        <hearth-button icon="download" @click=${() => this.#download()}>${msg('Download a support bundle')}</hearth-button>
      </div>
      <p class="small soft">
        ${msg('Your services go on running. A support bundle tells how the server is, without secrets; read it before you send it.')}
      </p>
      <section>
        <h2>${msg('Go back to')}</h2>
        ${this.#list()}
      </section>
      <hearth-confirm
        heading=${msg('Go back to this snapshot?')}
        action=${msg('Go back')}
        danger
        ?open=${this.chosen !== null}
        ?busy=${this.waiting}
        @hearth-confirm=${() => this.#restore()}
        @hearth-close=${() => (this.chosen = null)}
      >
        <p>
          ${msg('What Hearth knows becomes what it was then: settings, accounts, which services there are. The data of your services stays as it is.')}
        </p>
      </hearth-confirm>
    </div>`;
  }

  #failure({ plugin, about, error }: FailedPlugin): unknown {
    const words = error === null ? null : failureWords({ ...error, data: {} });
    // Without its data a sentence may have holes: then the server's own words are better.
    const text = words === null || words.text.includes('{') ? (error?.message ?? '') : words.text;
    return html`<hearth-notice
      tone="bad"
      heading=${msg(str`“${plugin}” does not work`)}
      text=${`${about.replace(/\.?$/, '.')} ${text} ${words?.more ?? ''}`.trim()}
    ></hearth-notice>`;
  }

  #list(): unknown {
    const { value } = this.#snapshots;
    if (value === null) return nothing;
    if (value.snapshots.length === 0) return html`<p class="soft">${msg('There is no snapshot of the state.')}</p>`;
    return html`<ul class="plain">
      ${value.snapshots.map(
        (snapshot) => html`<li>
          <span><hearth-time at=${snapshot.at}></hearth-time> · ${occasionWords(snapshot.occasion)}</span>
          <hearth-button size="s" @click=${() => (this.chosen = snapshot)}>${msg('Go back')}</hearth-button>
        </li>`,
      )}
    </ul>`;
  }

  #restart(): void {
    void this.#away(() => shell.rpc.call('kernel.restart', {}));
  }

  #repair(): void {
    void this.#away(() => shell.rpc.call('db.repair', {}));
  }

  #restore(): void {
    const snapshot = this.chosen?.name ?? '';
    void this.#away(() => shell.rpc.call('db.restore', { snapshot }));
  }

  /** Does what ends with a new start of the server, and shows the page anew when that is back. */
  async #away(work: () => Promise<{ readonly restarts: boolean }>): Promise<void> {
    const answer: { restarts?: boolean } = {};
    const asked = await this.act(async () => {
      Object.assign(answer, await work());
    });
    if (!asked) return;
    this.chosen = null;
    if (answer.restarts !== true) return shell.toasts.show('info', msg('Start Hearth again for it to be done.'));
    this.waiting = true;
    for (let turn = 0; turn < patience; turn++) {
      await new Promise((resume) => setTimeout(resume, knockMs));
      const status = await shell.rpc.call('server.status', {}).catch(() => null);
      if (status !== null && status.mode !== 'starting') break;
    }
    location.reload();
  }

  async #download(): Promise<void> {
    await this.act(async () => {
      const { bundle } = await shell.rpc.call('support.bundle', {});
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([JSON.stringify(bundle, null, 2)], { type: 'application/json' }));
      link.download = 'hearth-support.json';
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }
}

function occasionWords(occasion: string): string {
  switch (occasion) {
    case 'daily':
      return msg('taken every day');
    case 'update':
      return msg('before a new release');
    case 'restore':
      return msg('before going back');
    default:
      return msg('asked for');
  }
}

define('hearth-rescue-tools', RescueTools);

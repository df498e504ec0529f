import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/confirm.ts';
import '../elements/notice.ts';
import '../elements/service-icon.ts';
import '../elements/skeleton.ts';
import '../elements/time.ts';
import { define } from '../elements/element.ts';
import type { Snapshot } from '../link/methods.ts';
import { shell } from '../shell.ts';
import { base } from '../styles/base.ts';
import { callFailureWords } from '../words/failures.ts';
import { moment } from '../words/numbers.ts';
import { Remote } from './remote.ts';
import { HearthView } from './view.ts';

const firstShown = 5;

/** The snapshots at a target, of one service or of all; restores one after asking. */
export class Snapshots extends HearthView {
  static override properties = {
    target: {},
    service: {},
    chosen: { state: true },
    busy: { state: true },
    all: { state: true },
  };
  static override styles = [
    base,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.4rem 1rem;
        align-items: center;
        padding-block: 0.65rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
    `,
  ];
  declare target: string;
  /** Empty: all of them. */
  declare service: string;
  declare chosen: Snapshot | null;
  declare busy: boolean;
  declare all: boolean;
  readonly #services = this.select(({ services }) => services);
  readonly #snapshots = new Remote(
    this,
    (signal) =>
      shell.rpc.call(
        'backup.snapshot.list',
        { target: this.target, ...(this.service === '' ? {} : { service: this.service }) },
        signal,
      ),
    false,
  );

  constructor() {
    super();
    this.target = '';
    this.service = '';
    this.chosen = null;
    this.busy = false;
    this.all = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.updateComplete.then(() => this.#snapshots.load());
  }

  override render(): unknown {
    const { value, error } = this.#snapshots;
    if (error !== null) {
      const { text, more } = callFailureWords(error);
      return html`<hearth-notice tone="bad" heading=${text} text=${more ?? ''}>
        <div>
          <hearth-button size="s" icon="refresh-cw" @click=${() => this.#snapshots.load()}
            >${msg('Try again')}</hearth-button
          >
        </div>
      </hearth-notice>`;
    }
    if (value === null) return html`<hearth-skeleton rows="1"></hearth-skeleton>`;
    const mine = value.snapshots
      .filter(({ service }) => this.service === '' || service === this.service)
      .sort((one, other) => other.time - one.time);
    if (mine.length === 0) return html`<p class="soft">${msg('Nothing backed up here yet.')}</p>`;
    const shown = this.all ? mine : mine.slice(0, firstShown);
    return html`<ul class="plain">
        ${shown.map((snapshot) => this.#snapshot(snapshot))}
      </ul>
      ${
        shown.length === mine.length
          ? nothing
          : html`<hearth-button variant="plain" size="s" @click=${() => (this.all = true)}
            >${msg(str`Show all ${mine.length}`)}</hearth-button
          >`
      }
      ${this.#question()}`;
  }

  #snapshot(snapshot: Snapshot): unknown {
    return html`<li>
      <div>
        <strong>${this.service === '' ? this.#title(snapshot) : moment(snapshot.time)}</strong>
        <div class="small soft">
          <hearth-time at=${snapshot.time}></hearth-time>${snapshot.version === null ? nothing : ` · ${snapshot.version}`}
        </div>
      </div>
      <hearth-button size="s" icon="history" @click=${() => (this.chosen = snapshot)}>${msg('Restore…')}</hearth-button>
    </li>`;
  }

  #question(): unknown {
    const { chosen } = this;
    const title = chosen === null ? '' : this.#title(chosen);
    const installed = chosen !== null && this.#services.value?.[chosen.service] !== undefined;
    return html`<hearth-confirm
      heading=${msg(str`Restore ${title}?`)}
      action=${installed ? msg(str`Go to ${title}`) : msg('Restore')}
      ?open=${chosen !== null}
      ?busy=${this.busy}
      @hearth-confirm=${installed ? this.#visit : this.#restore}
      @hearth-close=${() => (this.chosen = null)}
    >
      ${
        installed
          ? html`<hearth-notice
              tone="warn"
              heading=${msg(str`${title} is installed`)}
              text=${msg(
                'So that nothing you have now is lost by mistake, a backup never replaces an installed service. Uninstall it together with its data first, then come back here: the backup stays.',
              )}
            ></hearth-notice>`
          : html`<p>
              ${msg('The service is installed again, with everything it held at this moment:')}
              <strong>${chosen === null ? nothing : moment(chosen.time)}</strong>
            </p>`
      }
    </hearth-confirm>`;
  }

  #title({ service, title }: Snapshot): string {
    return this.#services.value?.[service]?.manifest.title ?? title ?? service;
  }

  readonly #visit = (): void => {
    const { chosen } = this;
    this.chosen = null;
    if (chosen !== null) shell.router.go({ view: 'service', service: chosen.service, tab: 'overview' });
  };

  readonly #restore = async (): Promise<void> => {
    const { chosen } = this;
    if (chosen === null) return;
    this.busy = true;
    const begun = await this.act(
      () =>
        shell.rpc.call('package.backup.restore', {
          target: this.target,
          ids: [chosen.service],
          snapshot: chosen.id,
        }),
      msg(str`${this.#title(chosen)} is being restored`),
    );
    this.busy = false;
    if (!begun) return;
    this.chosen = null;
    shell.router.go({ view: 'service', service: chosen.service, tab: 'overview' });
  };
}

define('hearth-snapshots', Snapshots);

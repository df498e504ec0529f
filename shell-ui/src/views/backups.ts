import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import '../elements/button.ts';
import '../elements/confirm.ts';
import '../elements/empty.ts';
import '../elements/menu.ts';
import '../elements/notice.ts';
import '../elements/progress.ts';
import '../elements/skeleton.ts';
import '../elements/time.ts';
import { define } from '../elements/element.ts';
import { shell } from '../shell.ts';
import { placeWords } from '../state/backup-places.ts';
import type { BackupTarget } from '../state/slices.ts';
import { base } from '../styles/base.ts';
import { isOver } from '../words/service-words.ts';
import './add-target.ts';
import './snapshots.ts';
import { HearthView } from './view.ts';

/** Where backups go, what is there, and bringing it back. */
export class BackupsView extends HearthView {
  static override properties = { adding: { state: true }, removing: { state: true }, busy: { state: true } };
  static override styles = [
    base,
    css`
      .page {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: end;
        gap: 1rem 2rem;
        margin-block-end: 1.75rem;
      }
      .target {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 0.6rem 1rem;
        align-items: center;
        margin-block-end: 1rem;
      }
      .disc {
        display: grid;
        place-content: center;
        inline-size: 3rem;
        block-size: 3rem;
        border-radius: 50%;
        background: var(--ember-soft);
        color: var(--ember-ink);
        font-size: 1.2rem;
      }
      h3 {
        margin-block: 0.5rem;
      }
      @media (max-width: 36rem) {
        .target {
          grid-template-columns: auto minmax(0, 1fr);
        }
        .target .row {
          grid-column: 1 / -1;
        }
      }
    `,
  ];
  declare adding: boolean;
  declare removing: BackupTarget | null;
  declare busy: boolean;
  readonly #loaded = this.select(({ services }) => services !== undefined);
  readonly #services = this.select(({ services }) => services);
  readonly #backup = this.select(({ backup }) => backup);
  readonly #jobs = this.select(({ jobs }) => jobs);
  readonly #progress = this.select(({ jobProgress }) => jobProgress);

  constructor() {
    super();
    this.adding = false;
    this.removing = null;
    this.busy = false;
  }

  override render(): unknown {
    if (!this.#loaded.value) return html`<hearth-skeleton></hearth-skeleton>`;
    const targets = Object.values(this.#backup.value?.targets ?? {});
    return html`<header class="page">
        <div class="stack tight">
          <h1 tabindex="-1">${msg('Backups')}</h1>
          <p class="lead">${msg('Encrypted with a password only you know, and small: only what changed is stored again.')}</p>
        </div>
        ${
          targets.length === 0
            ? nothing
            : html`<hearth-button icon="plus" @click=${() => (this.adding = true)}>${msg('Add a place')}</hearth-button>`
        }
      </header>
      <div class="stack">
        ${this.#running()}
        ${
          targets.length === 0
            ? html`<hearth-empty
              icon="archive"
              heading=${msg('No place for backups yet')}
              text=${msg('Best on another disk or another machine: a USB drive, a network share, a place that a plugin brings.')}
            >
              <hearth-button variant="primary" icon="plus" @click=${() => (this.adding = true)}
                >${msg('Choose a place')}</hearth-button
              >
            </hearth-empty>`
            : repeat(
                targets,
                ({ id }) => id,
                (target) => this.#target(target),
              )
        }
      </div>
      <hearth-add-target
        .kinds=${Object.values(this.#backup.value?.kinds ?? {})}
        ?open=${this.adding} @hearth-close=${() => (this.adding = false)}></hearth-add-target>
      <hearth-confirm
        heading=${msg(str`Forget ${this.removing?.name ?? ''}?`)}
        action=${msg('Forget this place')}
        danger
        ?open=${this.removing !== null}
        ?busy=${this.busy}
        @hearth-confirm=${this.#remove}
        @hearth-close=${() => (this.removing = null)}
      >
        <p>${msg('The backups stay there. To use them again, add the place with the same password.')}</p>
      </hearth-confirm>`;
  }

  #running(): unknown {
    const running = Object.values(this.#jobs.value ?? {}).filter(
      (job) => !isOver(job) && /backup|restore/.test(job.kind),
    );
    return running.map(
      (job) => html`<section class="card">
        <hearth-progress
          .job=${job}
          .progress=${this.#progress.value?.[job.id]}
          @hearth-cancel=${(event: CustomEvent<string>) =>
            this.act(() => shell.rpc.call('job.cancel', { job: event.detail }), msg('Cancelling'))}
        ></hearth-progress>
      </section>`,
    );
  }

  #target(target: BackupTarget): unknown {
    const count = Object.keys(this.#services.value ?? {}).length;
    const { where, unavailable } = placeWords(target, this.#backup.value?.kinds);
    return html`<section class="card">
      <div class="target">
        <span class="disc"><hearth-icon name=${target.path === undefined ? 'server' : 'hard-drive'}></hearth-icon></span>
        <div>
          <h2>${target.name}</h2>
          <div class="small soft break">${where}</div>
          ${this.#lastRun(target)}
        </div>
        <div class="row end">
          <hearth-button
            variant="primary"
            icon="archive"
            ?disabled=${count === 0 || unavailable !== null}
            @click=${() => this.#backUp(target)}
            >${msg('Back up everything')}</hearth-button
          >
          <hearth-menu
            label=${msg(str`More for ${target.name}`)}
            .items=${[{ value: 'remove', text: msg('Forget this place…'), icon: 'trash-2', danger: true }]}
            @hearth-choose=${() => (this.removing = target)}
          ></hearth-menu>
        </div>
      </div>
      ${
        unavailable === null
          ? html`<h3>${msg('Restore')}</h3>
              <hearth-snapshots target=${target.id}></hearth-snapshots>`
          : html`<hearth-notice
              tone="warn"
              heading=${msg('Cannot be used now')}
              text=${msg(str`Because ${unavailable}. The backups are where they were; look at the plugin under System.`)}
            ></hearth-notice>`
      }
    </section>`;
  }

  #lastRun({ lastRun }: BackupTarget): unknown {
    if (lastRun === undefined || lastRun === null) return html`<div class="small soft">${msg('Never used yet')}</div>`;
    const words: Readonly<Record<string, string>> = {
      running: msg('Backing up since'),
      succeeded: msg('Last backup'),
      partly: msg('Last backup left something out'),
      failed: msg('Last backup failed'),
      cancelled: msg('Last backup was cancelled'),
    };
    return html`<div class="small soft">
      ${words[lastRun.outcome] ?? msg('Last backup')} <hearth-time at=${lastRun.at}></hearth-time>${
        lastRun.message === undefined || lastRun.message === null ? nothing : html`: ${lastRun.message}`
      }
    </div>`;
  }

  #backUp({ id, name }: BackupTarget): void {
    void this.act(() => shell.rpc.call('backup.create', { target: id }), msg(str`Backing up to ${name}`));
  }

  readonly #remove = async (): Promise<void> => {
    const { removing } = this;
    if (removing === null) return;
    this.busy = true;
    const gone = await this.act(() => shell.rpc.call('backup.target.remove', { id: removing.id }), msg('Forgotten'));
    this.busy = false;
    if (gone) this.removing = null;
  };
}

define('hearth-backups-view', BackupsView);

import type { ServiceRow } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/empty.ts';
import '../../elements/time.ts';
import { define } from '../../elements/element.ts';
import { shell } from '../../shell.ts';
import { type PlaceWords, placeWords } from '../../state/backup-places.ts';
import type { BackupTarget } from '../../state/slices.ts';
import { base } from '../../styles/base.ts';
import { HearthView } from '../view.ts';
import '../snapshots.ts';

/** Backs this service up, and brings it back. */
export class ServiceBackups extends HearthView {
  static override properties = { service: {} };
  static override styles = [
    base,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.5rem 1rem;
        align-items: center;
        padding-block: 0.8rem;
      }
      li:first-child {
        padding-block-start: 0;
      }
      li:last-child {
        padding-block-end: 0;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      ul {
        margin-block-start: 1rem;
      }
      h2 {
        margin-block-end: 0.6rem;
      }
    `,
  ];
  declare service: string;
  readonly #row = this.select(({ services }) => services?.[this.service]);
  readonly #backup = this.select(({ backup }) => backup);

  constructor() {
    super();
    this.service = '';
  }

  override render(): unknown {
    const row = this.#row.value;
    if (row === undefined) return nothing;
    const targets = Object.values(this.#backup.value?.targets ?? {});
    const kinds = this.#backup.value?.kinds;
    if (targets.length === 0) {
      return html`<hearth-empty
        icon="archive"
        heading=${msg('No place for backups yet')}
        text=${msg('Choose a folder, best on another disk. Backups are encrypted, and only what changed is stored again.')}
      >
        <hearth-button variant="primary" href="/backups">${msg('Choose a place')}</hearth-button>
      </hearth-empty>`;
    }
    const places = targets.map((target) => ({ ...target, ...placeWords(target, kinds) }));
    const usable = places.filter(({ unavailable }) => unavailable === null);
    return html`<div class="stack">
      <section class="card">
        <h2>${msg('Back up now')}</h2>
        <p class="soft">
          ${
            row.lastBackup === null
              ? msg('Never backed up.')
              : html`${msg('Last backup')} <hearth-time at=${row.lastBackup}></hearth-time>.`
          }
          ${msg('The service is held still while its data is copied, then goes on.')}
        </p>
        <ul class="plain">
          ${places.map((place) => this.#place(place, row))}
        </ul>
      </section>
      ${usable.map(
        ({ id, name }) => html`<section class="card">
          <h2>${msg(str`Restore from ${name}`)}</h2>
          <hearth-snapshots target=${id} service=${this.service}></hearth-snapshots>
        </section>`,
      )}
    </div>`;
  }

  #place({ id, name, where, unavailable }: BackupTarget & PlaceWords, row: ServiceRow): unknown {
    return html`<li>
      <div>
        <strong>${name}</strong>
        <div class="small soft break">${where}</div>
        ${
          unavailable === null
            ? nothing
            : html`<div class="small soft">${msg(str`Cannot be used now, because ${unavailable}.`)}</div>`
        }
      </div>
      <hearth-button
        icon="archive"
        ?disabled=${row.job !== null || row.status.actual === 'backing-up' || unavailable !== null}
        @click=${() => this.#backUp(id, name)}
        >${msg('Back up')}</hearth-button
      >
    </li>`;
  }

  #backUp(target: string, name: string): void {
    void this.act(
      () => shell.rpc.call('backup.create', { target, services: [this.service] }),
      msg(str`Backing up to ${name}`),
    );
  }
}

define('hearth-service-backups', ServiceBackups);

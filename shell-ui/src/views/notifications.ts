import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import '../elements/button.ts';
import '../elements/empty.ts';
import '../elements/icon.ts';
import '../elements/skeleton.ts';
import '../elements/time.ts';
import { define } from '../elements/element.ts';
import { shell } from '../shell.ts';
import type { NotificationRow } from '../state/slices.ts';
import { base } from '../styles/base.ts';
import { HearthView } from './view.ts';

const icons: Readonly<Record<NotificationRow['level'], string>> = {
  success: 'circle-check',
  info: 'info',
  warning: 'triangle-alert',
  error: 'circle-alert',
};

/** What happened while nobody looked. */
export class NotificationsView extends HearthView {
  static override styles = [
    base,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: end;
        gap: 1rem;
        margin-block-end: 1.75rem;
      }
      ul {
        display: grid;
        gap: 0.75rem;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 0.25rem 0.9rem;
        align-items: start;
        padding: 1rem 1.1rem;
      }
      li.seen {
        box-shadow: none;
        background: transparent;
      }
      li > hearth-icon {
        margin-block-start: 0.15rem;
        font-size: 1.15rem;
      }
      .success > hearth-icon {
        color: var(--sage);
      }
      .info > hearth-icon {
        color: var(--sky);
      }
      .warning > hearth-icon {
        color: var(--gold);
      }
      .error > hearth-icon {
        color: var(--rose);
      }
      .new {
        display: inline-block;
        padding: 0.05rem 0.5rem;
        border-radius: 999px;
        background: var(--ember);
        color: var(--on-ember);
        font-size: 0.75rem;
        font-weight: 700;
      }
    `,
  ];
  readonly #loaded = this.select(({ services }) => services !== undefined);
  readonly #notifications = this.select(({ notifications }) => notifications);
  readonly #services = this.select(({ services }) => services);

  override render(): unknown {
    if (!this.#loaded.value) return html`<hearth-skeleton></hearth-skeleton>`;
    const rows = Object.values(this.#notifications.value?.items ?? {}).sort(
      (one, other) => other.createdAt - one.createdAt,
    );
    const unseen = rows.filter(({ seen }) => !seen).map(({ id }) => id);
    return html`<header>
        <h1 tabindex="-1">${msg('Notifications')}</h1>
        <div class="row">
          ${
            unseen.length === 0
              ? nothing
              : html`<hearth-button icon="check" @click=${() => this.#markSeen(unseen)}
                >${msg('Mark all as seen')}</hearth-button
              >`
          }
          ${
            rows.length === 0
              ? nothing
              : html`<hearth-button variant="plain" icon="trash-2" @click=${() => this.#remove(rows.map(({ id }) => id))}
                >${msg('Remove all')}</hearth-button
              >`
          }
        </div>
      </header>
      ${
        rows.length === 0
          ? html`<hearth-empty
            icon="bell"
            heading=${msg('All quiet')}
            text=${msg('When something needs you, or something good happened, you will read it here.')}
          ></hearth-empty>`
          : html`<ul class="plain">
            ${repeat(
              rows,
              ({ id }) => id,
              (row) => this.#row(row),
            )}
          </ul>`
      }`;
  }

  #row({ id, level, title, message, service, createdAt, seen }: NotificationRow): unknown {
    const row = typeof service === 'string' ? this.#services.value?.[service] : undefined;
    return html`<li class="card ${level} ${seen ? 'seen' : ''}">
      <hearth-icon name=${icons[level]}></hearth-icon>
      <div class="stack tight">
        <div class="row">
          <h2>${title}</h2>
          ${seen ? nothing : html`<span class="new">${msg('New')}</span>`}
        </div>
        <p>${message}</p>
        <p class="small soft">
          <hearth-time at=${createdAt}></hearth-time>
          ${row === undefined ? nothing : html`· <a href=${`/services/${row.id}`}>${row.manifest.title}</a>`}
        </p>
      </div>
      <div class="row">
        ${
          seen
            ? nothing
            : html`<hearth-button
              variant="plain"
              size="s"
              icon="check"
              label=${msg(str`Mark “${title}” as seen`)}
              @click=${() => this.#markSeen([id])}
            ></hearth-button>`
        }
        <hearth-button
          variant="plain"
          size="s"
          icon="x"
          label=${msg(str`Remove “${title}”`)}
          @click=${() => this.#remove([id])}
        ></hearth-button>
      </div>
    </li>`;
  }

  #markSeen(ids: readonly string[]): void {
    void this.act(() => shell.rpc.call('notification.mark-seen', { ids }));
  }

  #remove(ids: readonly string[]): void {
    void this.act(() => shell.rpc.call('notification.remove', { ids }));
  }
}

define('hearth-notifications-view', NotificationsView);

import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/notice.ts';
import '../../elements/skeleton.ts';
import '../../elements/status.ts';
import '../../elements/time.ts';
import { define } from '../../elements/element.ts';
import type { SessionRow } from '../../link/methods.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { callFailureWords } from '../../words/failures.ts';
import { Remote } from '../remote.ts';
import { HearthView } from '../view.ts';
import './change-password.ts';
import './tokens.ts';

/** Who is logged in, and the password. */
export class SystemSecurity extends HearthView {
  static override styles = [
    base,
    css`
      h2 {
        margin-block-end: 0.7rem;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
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
      li > hearth-icon {
        font-size: 1.3rem;
        color: var(--ink-soft);
      }
    `,
  ];
  readonly #sessions = new Remote(this, (signal) => shell.rpc.call('auth.session.list', {}, signal));

  override render(): unknown {
    return html`<div class="stack">
      <section class="card">
        <h2>${msg('Where you are logged in')}</h2>
        ${this.#list()}
      </section>
      <section class="card">
        <h2>${msg('Programs with a token')}</h2>
        <hearth-system-tokens></hearth-system-tokens>
      </section>
      <hearth-change-password @hearth-changed=${() => this.#sessions.load()}></hearth-change-password>
    </div>`;
  }

  #list(): unknown {
    const { value, error } = this.#sessions;
    if (error !== null) {
      const { text, more } = callFailureWords(error);
      return html`<hearth-notice tone="bad" heading=${text} text=${more ?? ''}></hearth-notice>`;
    }
    if (value === null) return html`<hearth-skeleton rows="2"></hearth-skeleton>`;
    const rows = [...value.sessions].sort(
      (one, other) => Number(other.current) - Number(one.current) || other.lastSeen - one.lastSeen,
    );
    return html`<ul class="plain">
      ${rows.map((row) => this.#session(row))}
    </ul>`;
  }

  #session(row: SessionRow): unknown {
    const phone = /iPhone|iPad|Android/.test(row.userAgent);
    return html`<li>
      <hearth-icon name=${phone ? 'smartphone' : 'monitor'}></hearth-icon>
      <div>
        <strong>${deviceWords(row.userAgent)}</strong>
        ${row.current ? html`<hearth-status tone="good" text=${msg('This device')}></hearth-status>` : nothing}
        <div class="small soft">
          ${msg('Last seen')} <hearth-time at=${row.lastSeen}></hearth-time>${
            row.clientAddress === undefined ? nothing : html` · ${row.clientAddress}`
          }
        </div>
      </div>
      ${
        row.current
          ? nothing
          : html`<hearth-button size="s" variant="danger" @click=${() => this.#kill(row.id)}
            >${msg('Log out')}</hearth-button
          >`
      }
    </li>`;
  }

  #kill(id: string): void {
    void this.act(() => shell.rpc.call('auth.session.kill', { ids: [id] }), msg('Logged out')).then(() =>
      this.#sessions.load(),
    );
  }
}

/** `Firefox on Windows`, from what a browser calls itself. */
export function deviceWords(userAgent: string): string {
  const find = (names: readonly (readonly [RegExp, string])[]): string | undefined =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = find([
    [/Edg\//, 'Edge'],
    [/Firefox\//, 'Firefox'],
    [/Chrom(e|ium)\//, 'Chrome'],
    [/Safari\//, 'Safari'],
    [/hearth/i, msg('Command line')],
  ]);
  const system = find([
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'Mac'],
    [/Linux/, 'Linux'],
  ]);
  if (browser === undefined) return userAgent === '' ? msg('Unknown device') : userAgent.slice(0, 60);
  return system === undefined ? browser : `${browser}, ${system}`;
}

define('hearth-system-security', SystemSecurity);

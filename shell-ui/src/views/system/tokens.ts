import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/notice.ts';
import '../../elements/skeleton.ts';
import '../../elements/time.ts';
import { define } from '../../elements/element.ts';
import type { TokenRow } from '../../link/methods.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { callFailureWords } from '../../words/failures.ts';
import { Remote } from '../remote.ts';
import { HearthView } from '../view.ts';
import './add-token.ts';
import { roleWords } from './role-words.ts';

/** Programs that come in by a token: what each may do and until when; any of them is ended with a click. */
export class SystemTokens extends HearthView {
  static override styles = [
    base,
    css`
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem 1rem;
        padding-block: 0.8rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
    `,
  ];
  readonly #tokens = new Remote(this, (signal) => shell.rpc.call('auth.token.list', {}, signal));

  override render(): unknown {
    return html`<div class="stack">
      ${this.#list()}
      <div><hearth-add-token @hearth-changed=${() => this.#tokens.load()}></hearth-add-token></div>
    </div>`;
  }

  #list(): unknown {
    const { value, error } = this.#tokens;
    if (error !== null) {
      const { text, more } = callFailureWords(error);
      return html`<hearth-notice tone="bad" heading=${text} text=${more ?? ''}></hearth-notice>`;
    }
    if (value === null) return html`<hearth-skeleton rows="1"></hearth-skeleton>`;
    if (value.tokens.length === 0) return html`<p class="soft">${msg('No program has a token.')}</p>`;
    return html`<ul class="plain">
      ${value.tokens.map((row) => this.#row(row))}
    </ul>`;
  }

  #row(row: TokenRow): unknown {
    const { name, role, scopes, expiresAt } = row;
    return html`<li>
      <div>
        <strong>${name}</strong>
        <div class="small soft">
          ${roleWords(role)}${scopes === null ? nothing : html` · ${msg(str`only ${scopes.join(', ')}`)}`} ·
          ${expiresAt === null ? msg('until it is ended') : html`${msg('ends')} <hearth-time at=${expiresAt}></hearth-time>`}
        </div>
      </div>
      <hearth-button size="s" variant="danger" @click=${() => this.#end(row.id)}
        >${msg(str`End “${name}”`)}</hearth-button
      >
    </li>`;
  }

  #end(id: string): void {
    void this.act(() => shell.rpc.call('auth.token.kill', { ids: [id] }), msg('Ended')).then(() => this.#tokens.load());
  }
}

define('hearth-system-tokens', SystemTokens);

import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import type { ActionResult, ActionResultMember } from '../forms/action.ts';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';
import './button.ts';
import './copy.ts';
import './qr.ts';

/** What an action answered: texts to copy, secrets to uncover, codes to scan. */
export class HearthResult extends HearthElement {
  static override properties = { result: { attribute: false }, shown: { state: true } };
  static override styles = [
    base,
    css`
      .value {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        padding: 0.55rem 0.55rem 0.55rem 0.9rem;
        border-radius: var(--radius-m);
        background: var(--sunken);
      }
      .value code {
        flex: 1;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .group {
        padding-inline-start: 1rem;
        border-inline-start: 2px solid var(--line);
      }
    `,
  ];
  declare result: ActionResult | null;
  /** Paths of the members that were uncovered. */
  declare shown: ReadonlySet<string>;

  constructor() {
    super();
    this.result = null;
    this.shown = new Set();
  }

  override render(): unknown {
    const { result } = this;
    if (result === null) return nothing;
    const member = result.version === '0' ? oldMember(result) : result.result;
    return html`<div class="stack">
      ${result.message === null || result.message === '' ? nothing : html`<p>${result.message}</p>`}
      ${member === null ? nothing : this.#member(member, '')}
    </div>`;
  }

  #member(member: ActionResultMember, path: string): unknown {
    return html`<div class="stack tight">
      ${member.name === undefined ? nothing : html`<strong>${member.name}</strong>`}
      ${typeof member.description === 'string' ? html`<p class="soft small">${member.description}</p>` : nothing}
      ${
        member.type === 'single'
          ? this.#single(member, path)
          : html`<div class="stack ${path === '' ? '' : 'group'}">
              ${member.value.map((child, index) => this.#member(child, `${path}/${index}`))}
            </div>`
      }
    </div>`;
  }

  #single(member: Extract<ActionResultMember, { type: 'single' }>, path: string): unknown {
    const covered = member.masked && !this.shown.has(path);
    const name = member.name ?? '';
    return html`<div class="value">
        <code>${covered ? '•'.repeat(16) : member.value}</code>
        ${
          member.masked
            ? html`<hearth-button
                variant="plain"
                size="s"
                icon=${covered ? 'eye' : 'eye-off'}
                label=${covered ? msg('Show') : msg('Hide')}
                @click=${() => this.#uncover(path, covered)}
              ></hearth-button>`
            : nothing
        }
        ${member.copyable ? html`<hearth-copy value=${member.value} label=${msg(str`Copy ${name}`)}></hearth-copy>` : nothing}
      </div>
      ${member.qr && !covered ? html`<hearth-qr value=${member.value} label=${msg(str`QR code of ${name}`)}></hearth-qr>` : nothing}`;
  }

  #uncover(path: string, uncover: boolean): void {
    const next = new Set(this.shown);
    if (uncover) next.add(path);
    else next.delete(path);
    this.shown = next;
  }
}

function oldMember(result: Extract<ActionResult, { version: '0' }>): ActionResultMember | null {
  if (result.value === null) return null;
  return { type: 'single', value: result.value, copyable: result.copyable, qr: result.qr, masked: false };
}

define('hearth-result', HearthResult);

import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import { base } from '../styles/base.ts';
import { define, HearthElement } from './element.ts';
import './button.ts';
import './copy.ts';
import './qr.ts';

/** One address: open it, copy it, or show it as a QR code. `masked` hides it until asked (it may hold a secret). */
export class HearthAddress extends HearthElement {
  static override properties = {
    url: {},
    kind: {},
    name: {},
    masked: { type: Boolean },
    openable: { type: Boolean },
    shown: { state: true },
    qr: { state: true },
  };
  static override styles = [
    base,
    css`
      .line {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.25rem 0.75rem;
        align-items: center;
        padding-block: 0.5rem;
      }
      .url {
        font-family: var(--font-code);
        font-size: 0.92rem;
        overflow-wrap: anywhere;
      }
      .kind {
        font-size: 0.85rem;
        color: var(--ink-soft);
      }
      @media (max-width: 36rem) {
        .line {
          grid-template-columns: minmax(0, 1fr);
        }
        .line .row {
          margin-inline-start: -0.5rem;
        }
      }
      hearth-qr {
        margin-block: 0.5rem 0.75rem;
      }
    `,
  ];
  declare url: string;
  declare kind: string;
  /** Of the interface, for the QR code's description. */
  declare name: string;
  declare masked: boolean;
  declare openable: boolean;
  declare shown: boolean;
  declare qr: boolean;

  constructor() {
    super();
    this.url = '';
    this.kind = '';
    this.name = '';
    this.masked = false;
    this.openable = false;
    this.shown = false;
    this.qr = false;
  }

  override render(): unknown {
    const hidden = this.masked && !this.shown;
    return html`<div class="line">
        <div>
          <div class="url">${hidden ? '•'.repeat(24) : this.url}</div>
          ${this.kind === '' ? nothing : html`<div class="kind">${this.kind}</div>`}
        </div>
        <div class="row">
          ${
            this.masked
              ? html`<hearth-button
                variant="plain"
                size="s"
                icon=${hidden ? 'eye' : 'eye-off'}
                label=${hidden ? msg('Show') : msg('Hide')}
                @click=${() => (this.shown = hidden)}
              ></hearth-button>`
              : nothing
          }
          <hearth-copy value=${this.url} label=${msg('Copy address')}></hearth-copy>
          <hearth-button
            variant="plain"
            size="s"
            icon="qr-code"
            label=${this.qr ? msg('Hide QR code') : msg('Show as QR code')}
            @click=${() => (this.qr = !this.qr)}
          ></hearth-button>
          ${
            this.openable
              ? html`<hearth-button
                variant="plain"
                size="s"
                icon="external-link"
                label=${msg('Open in a new tab')}
                href=${this.url}
                target="_blank"
              ></hearth-button>`
              : nothing
          }
        </div>
      </div>
      ${this.qr ? html`<hearth-qr value=${this.url} label=${msg(str`QR code of the address of ${this.name}`)}></hearth-qr>` : nothing}`;
  }
}

/** Whether a browser can open it. */
export function isWebAddress(url: string): boolean {
  return url.startsWith('https://') || url.startsWith('http://');
}

/** What an address is good for, in words. */
export function addressKindWords(kind: string): string {
  switch (kind) {
    case 'mdns':
      return msg('On your home network');
    case 'ipv4':
    case 'ipv6':
      return msg('By number, on your home network');
    case 'localhost':
      return msg('On the server itself');
    case 'private-domain':
      return msg('Your own name, at home');
    case 'public-domain':
      return msg('Your own name, from anywhere');
    default:
      return '';
  }
}

define('hearth-address', HearthAddress);

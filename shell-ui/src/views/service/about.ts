import { localise } from '@hearth/contract';
import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/copy.ts';
import '../../elements/time.ts';
import { define } from '../../elements/element.ts';
import { base } from '../../styles/base.ts';
import { language } from '../../words/locale.ts';
import { bytes } from '../../words/numbers.ts';
import { HearthView } from '../view.ts';

/** What was installed, who made it, and how it was verified. */
export class ServiceAbout extends HearthView {
  static override properties = { service: {} };
  static override styles = [
    base,
    css`
      h2 {
        margin-block-end: 0.9rem;
      }
      .text {
        white-space: pre-line;
      }
    `,
  ];
  declare service: string;
  readonly #row = this.select(({ services }) => services?.[this.service]);

  constructor() {
    super();
    this.service = '';
  }

  override render(): unknown {
    const row = this.#row.value;
    if (row === undefined) return nothing;
    const { manifest } = row;
    const notes = localise(manifest.releaseNotes, language());
    return html`<div class="stack">
      <section class="card">
        <h2>${msg('What it is')}</h2>
        <p class="text">${localise(manifest.description.long, language())}</p>
      </section>
      ${
        notes === ''
          ? nothing
          : html`<section class="card">
            <h2>${msg('New in this version')}</h2>
            <p class="text">${notes}</p>
          </section>`
      }
      <section class="card">
        <h2>${msg('Package')}</h2>
        <dl class="facts">
          <dt>${msg('Version')}</dt>
          <dd>${manifest.version}</dd>
          <dt>${msg('Licence')}</dt>
          <dd>${manifest.license}</dd>
          <dt>${msg('Installed')}</dt>
          <dd><hearth-time at=${row.package.installedAt}></hearth-time></dd>
          <dt>${msg('From')}</dt>
          <dd>${origin(row.package.registry)}</dd>
          <dt>${msg('Size')}</dt>
          <dd>${bytes(row.package.size)}</dd>
          <dt>${msg('Publisher’s key')}</dt>
          <dd>
            <span class="code">${row.package.signer}</span>
            <hearth-copy value=${row.package.signer} label=${msg('Copy the publisher’s key')}></hearth-copy>
          </dd>
          ${link(msg('Website'), manifest.marketingUrl)} ${link(msg('Source of the service'), manifest.upstreamRepo)}
          ${link(msg('Source of the package'), manifest.packageRepo)} ${link(msg('Donate'), manifest.donationUrl)}
        </dl>
      </section>
    </div>`;
  }
}

function origin(registry: string | null): string {
  if (registry === null) return msg('a file you gave');
  return registry.startsWith('catalog:') ? msg('built on this server') : registry;
}

/** Names that are kept for examples (RFC 2606): nobody's page is there. */
const placeholder = /(^|\.)(example(\.(com|net|org))?|invalid|test)$/;

/** Only web addresses become links, a package could name anything; and only such as lead somewhere. */
export function link(name: string, url: string | null): unknown {
  if (url === null || !/^https?:\/\//.test(url) || !URL.canParse(url)) return nothing;
  if (placeholder.test(new URL(url).hostname)) return nothing;
  return html`<dt>${name}</dt>
    <dd><a href=${url} target="_blank" rel="noopener noreferrer">${url}</a></dd>`;
}

define('hearth-service-about', ServiceAbout);

import { msg } from '@lit/localize';
import { css, html } from 'lit';
import '../../elements/trust-guide.ts';
import { define } from '../../elements/element.ts';
import { base } from '../../styles/base.ts';
import { HearthView } from '../view.ts';

/** The root certificate, and how a device comes to trust it. */
export class SystemTrust extends HearthView {
  static override styles = [
    base,
    css`
      section {
        max-inline-size: 46rem;
      }
      h2 {
        margin-block-end: 0.5rem;
      }
      p {
        margin-block-end: 1.25rem;
      }
    `,
  ];
  readonly #fingerprint = this.select(({ network }) => network?.caFingerprint);

  override render(): unknown {
    return html`<section class="card">
      <h2>${msg('Trust this server')}</h2>
      <p class="soft">
        ${msg('Your server encrypts everything with a certificate it made itself. Tell each of your devices once that you trust it; then this page and every service open without a warning.')}
      </p>
      <hearth-trust-guide .fingerprint=${this.#fingerprint.value ?? null}></hearth-trust-guide>
    </section>`;
  }
}

define('hearth-system-trust', SystemTrust);

import { msg } from '@lit/localize';
import { css, html } from 'lit';
import { define } from '../../elements/element.ts';
import type { ServiceStats } from '../../link/methods.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { bytes } from '../../words/numbers.ts';
import { Remote } from '../remote.ts';
import { HearthView } from '../view.ts';

const everyMs = 5000;

/** What the service uses of the machine, looked at every few seconds. */
export class ServiceResources extends HearthView {
  static override properties = { service: {}, share: { state: true } };
  static override styles = [
    base,
    css`
      h2 {
        margin-block-end: 1rem;
      }
      dd {
        font-variant-numeric: tabular-nums;
      }
    `,
  ];
  declare service: string;
  /** Of one processor since the last look, in per cent; null at first. */
  declare share: number | null;
  readonly #stats = new Remote(this, () => this.#measure());
  #timer: ReturnType<typeof setInterval> | undefined;
  #before: { readonly at: number; readonly cpuSeconds: number } | null = null;

  constructor() {
    super();
    this.service = '';
    this.share = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => void this.#stats.load(), everyMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render(): unknown {
    const stats = this.#stats.value;
    return html`<section class="card">
      <h2>${msg('Use of the machine')}</h2>
      ${
        stats === null
          ? html`<p class="soft">${this.#stats.error === null ? msg('Looking…') : msg('Cannot tell just now.')}</p>`
          : html`<dl class="facts">
            <dt>${msg('Memory')}</dt>
            <dd>
              ${bytes(stats.memory)}${stats.memoryLimit === null ? '' : ` ${msg('of')} ${bytes(stats.memoryLimit)}`}
            </dd>
            <dt>${msg('Processor')}</dt>
            <dd>${this.share === null ? '…' : `${this.share.toFixed(1)} %`}</dd>
            <dt>${msg('Processes')}</dt>
            <dd>${stats.pids}</dd>
          </dl>`
      }
    </section>`;
  }

  async #measure(): Promise<ServiceStats | null> {
    const stats = await shell.rpc.call('package.stats', { id: this.service });
    if (stats === null) return null;
    const at = Date.now();
    const before = this.#before;
    if (before !== null && at > before.at) {
      this.share = Math.max(0, ((stats.cpuSeconds - before.cpuSeconds) * 100_000) / (at - before.at));
    }
    this.#before = { at, cpuSeconds: stats.cpuSeconds };
    return stats;
  }
}

define('hearth-service-resources', ServiceResources);

import { msg } from '@lit/localize';
import { css, html } from 'lit';
import '../../elements/button.ts';
import '../../elements/choices.ts';
import '../../elements/field.ts';
import '../../elements/log-view.ts';
import '../../elements/notice.ts';
import { define } from '../../elements/element.ts';
import { CallError } from '../../link/call-error.ts';
import type { LogEntry } from '../../link/methods.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { callFailureWords, type Failure } from '../../words/failures.ts';
import { HearthView } from '../view.ts';

const everyMs = 1500;
const pageSize = 500;
/** Older lines fall off the page (not off the server). */
const keptLines = 5000;

/** The service's log, live. */
export class ServiceLogs extends HearthView {
  static override properties = {
    service: {},
    entries: { state: true },
    search: { state: true },
    live: { state: true },
    failure: { state: true },
  };
  static override styles = [
    base,
    css`
      .bar {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto auto;
        gap: 0.9rem;
        align-items: end;
      }
      hearth-toggle {
        padding-block-end: 0.7rem;
      }
      @media (max-width: 36rem) {
        .bar {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .bar hearth-field {
          grid-column: 1 / -1;
        }
      }
    `,
  ];
  declare service: string;
  declare entries: readonly LogEntry[];
  declare search: string;
  declare live: boolean;
  declare failure: Failure | null;
  #cursor: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort = new AbortController();

  constructor() {
    super();
    this.service = '';
    this.entries = [];
    this.search = '';
    this.live = true;
    this.failure = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#abort = new AbortController();
    void this.updateComplete.then(() => this.#poll());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  override render(): unknown {
    return html`<div class="stack">
      <div class="bar">
        <hearth-field
          type="search"
          label=${msg('Search the log')}
          .value=${this.search}
          @hearth-input=${(event: CustomEvent<string>) => (this.search = event.detail)}
        ></hearth-field>
        <hearth-toggle
          label=${msg('Live')}
          .value=${this.live}
          @hearth-input=${(event: CustomEvent<boolean>) => (this.live = event.detail)}
        ></hearth-toggle>
        <hearth-button icon="download" ?disabled=${this.entries.length === 0} @click=${this.#download}
          >${msg('Download')}</hearth-button
        >
      </div>
      ${
        this.failure === null
          ? ''
          : html`<hearth-notice
            tone="warn"
            heading=${this.failure.text}
            text=${this.failure.more ?? ''}
          ></hearth-notice>`
      }
      <hearth-log-view label=${msg('Log')} .entries=${this.entries} search=${this.search}></hearth-log-view>
    </div>`;
  }

  async #poll(): Promise<void> {
    if (this.live || this.entries.length === 0) await this.#fetch();
    if (this.#abort.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#poll(), everyMs);
  }

  async #fetch(): Promise<void> {
    try {
      const { entries, cursor } = await shell.rpc.call(
        'package.logs',
        { id: this.service, limit: pageSize, ...(this.#cursor === null ? {} : { after: this.#cursor }) },
        this.#abort.signal,
      );
      this.#cursor = cursor;
      if (entries.length > 0) this.entries = [...this.entries, ...entries].slice(-keptLines);
      this.failure = null;
    } catch (cause) {
      if (!this.#abort.signal.aborted) this.failure = callFailureWords(CallError.from(cause));
    }
  }

  readonly #download = (): void => {
    const lines = this.entries.map(({ time, source, text }) => `${new Date(time).toISOString()} ${source} ${text}\n`);
    const url = URL.createObjectURL(new Blob(lines, { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `${this.service}.log`;
    link.click();
    URL.revokeObjectURL(url);
  };
}

define('hearth-service-logs', ServiceLogs);

/** Start, stop and restart of a service, with the question about others it needs, or that need it. */
import type { ServiceRow } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/dialog.ts';
import { define } from '../elements/element.ts';
import { CallError } from '../link/call-error.ts';
import { shell } from '../shell.ts';
import { base } from '../styles/base.ts';
import { isOwnedByJob } from '../words/service-words.ts';
import { HearthView } from './view.ts';

/** What the owner is asked before the move. */
interface Question {
  readonly move: 'start' | 'stop';
  /** Ids; in the order of starting. */
  readonly others: readonly string[];
  /** Ids of those it needs and that are not installed. */
  readonly missing: readonly string[];
}

export class HearthMoves extends HearthView {
  static override properties = { service: {}, small: { type: Boolean }, question: { state: true } };
  static override styles = [
    base,
    css`
      :host {
        display: contents;
      }
      hearth-button {
        flex: var(--moves-flex, initial);
      }
      ul {
        margin: 0;
        padding-inline-start: 1.2rem;
      }
    `,
  ];
  declare service: string;
  declare small: boolean;
  declare question: Question | null;
  readonly #services = this.select(({ services }) => services);
  readonly #needs = this.select(({ serviceNeeds }) => serviceNeeds?.[this.service]);

  constructor() {
    super();
    this.service = '';
    this.small = false;
    this.question = null;
  }

  override render(): unknown {
    const row = this.#services.value?.[this.service];
    if (row === undefined) return nothing;
    const { actual } = row.status;
    if (isOwnedByJob(actual) || actual === 'backing-up') return nothing;
    return html`${this.#buttons(row)} ${this.question === null ? nothing : this.#dialog(row, this.question)}`;
  }

  #buttons({ id, manifest, status }: ServiceRow): unknown {
    const size = this.small ? 's' : 'm';
    if (status.desired === 'stopped' || status.actual === 'failed') {
      return html`<hearth-button
        size=${size}
        variant=${this.small ? 'quiet' : 'primary'}
        icon="play"
        ?busy=${status.actual === 'stopping'}
        @click=${() => this.#start(id)}
        >${msg('Start')}</hearth-button
      >`;
    }
    const restart = (): void =>
      void this.act(() => shell.rpc.call('package.restart', { id }), msg(str`${manifest.title} is restarting`));
    return html`<hearth-button size=${size} icon="square" @click=${() => this.#askToStop(id)}
        >${msg('Stop')}</hearth-button
      >
      ${
        this.small
          ? nothing
          : html`<hearth-button
            icon="rotate-cw"
            ?disabled=${status.actual === 'starting' || status.actual === 'stopping'}
            @click=${restart}
            >${msg('Restart')}</hearth-button
          >`
      }`;
  }

  #dialog(row: ServiceRow, { move, others, missing }: Question): unknown {
    const { title } = row.manifest;
    const close = (): void => {
      this.question = null;
    };
    return html`<hearth-dialog
      heading=${move === 'start' ? msg(str`${title} needs others`) : msg(str`Others need ${title}`)}
      open
      @hearth-close=${close}
    >
      <div class="stack">
        <p>
          ${
            move === 'start'
              ? msg('To do its work it needs these, which are stopped:')
              : msg('These run now, and will not work without it:')
          }
        </p>
        <ul>
          ${others.map((id) => html`<li><a href="/services/${id}">${this.#title(id)}</a></li>`)}
        </ul>
        ${
          missing.length === 0
            ? nothing
            : html`<p class="soft">
                ${msg('Not installed:')} ${missing.map((id) => html`<a href="/marketplace/${id}">${this.#title(id)}</a> `)}
              </p>`
        }
      </div>
      <hearth-button slot="footer" @click=${close}>${msg('Not now')}</hearth-button>
      <hearth-button slot="footer" @click=${() => this.#move(move, false)}
        >${move === 'start' ? msg(str`Start only ${title}`) : msg(str`Stop only ${title}`)}</hearth-button
      >
      <hearth-button slot="footer" variant="primary" @click=${() => this.#move(move, true)}
        >${move === 'start' ? msg('Start all') : msg('Stop all')}</hearth-button
      >
    </hearth-dialog>`;
  }

  #title(id: string): string {
    return this.#services.value?.[id]?.manifest.title ?? this.#needs.value?.[id]?.title ?? id;
  }

  async #start(id: string): Promise<void> {
    await this.act(async () => {
      try {
        await shell.rpc.call('package.start', { id });
      } catch (cause) {
        const error = CallError.from(cause);
        if (error.code !== 'services.needsOthers') throw error;
        this.question = { move: 'start', others: texts(error.data['stopped']), missing: texts(error.data['missing']) };
      }
    });
  }

  #askToStop(id: string): void {
    const found = new Set([id]);
    for (const need of found)
      for (const row of Object.values(this.#services.value ?? {}))
        if (row.status.desired === 'running' && row.dependencies[need]?.kind === 'running') found.add(row.id);
    found.delete(id);
    if (found.size === 0) this.#move('stop', false);
    else this.question = { move: 'stop', others: [...found], missing: [] };
  }

  #move(move: 'start' | 'stop', all: boolean): void {
    this.question = null;
    const id = this.service;
    const title = this.#title(id);
    if (move === 'start') void this.act(() => shell.rpc.call('package.start', { id, withDependencies: all }));
    else
      void this.act(() => shell.rpc.call('package.stop', { id, withDependants: all }), msg(str`${title} is stopping`));
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

define('hearth-moves', HearthMoves);

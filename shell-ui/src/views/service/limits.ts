import type { ServiceLimits, ServiceRow } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/dialog.ts';
import '../../elements/field.ts';
import '../../elements/notice.ts';
import { define } from '../../elements/element.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { bytes } from '../../words/numbers.ts';
import { HearthView } from '../view.ts';

type Limit = keyof ServiceLimits;
/** As typed; empty leaves it to the package and the server. */
type Draft = Readonly<Record<Limit, string>>;

const mebibyte = 1024 * 1024;
const limits: readonly Limit[] = ['memory', 'cpuWeight', 'pids', 'ioWeight', 'disk'];
const inMebibytes: ReadonlySet<Limit> = new Set<Limit>(['memory', 'disk']);
const least: Readonly<Record<Limit, number>> = { memory: 64, cpuWeight: 1, pids: 64, ioWeight: 1, disk: 16 };

/** What the service may use of the machine, and how the owner changes that. */
export class ServiceLimitsCard extends HearthView {
  static override properties = { service: {}, draft: { state: true }, busy: { state: true } };
  static override styles = [
    base,
    css`
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-block-end: 1rem;
      }
    `,
  ];
  declare service: string;
  /** Null while nothing is being changed. */
  declare draft: Draft | null;
  declare busy: boolean;
  readonly #row = this.select(({ services }) => services?.[this.service]);

  constructor() {
    super();
    this.service = '';
    this.draft = null;
    this.busy = false;
  }

  override render(): unknown {
    const row = this.#row.value;
    if (row === undefined) return nothing;
    const set = limits.flatMap((limit) => {
      const value = row.limits?.[limit] ?? row.manifest.limits?.[limit];
      return value === undefined ? [] : [[limit, value] as const];
    });
    return html`<section class="card">
      <header>
        <h2>${msg('Limits')}</h2>
        <hearth-button size="s" @click=${() => (this.draft = draftOf(row))}>${msg('Change')}</hearth-button>
      </header>
      ${
        set.length === 0
          ? html`<p class="soft">${msg('As much as the server lets one service have.')}</p>`
          : html`<dl class="facts">
            ${set.map(
              ([limit, value]) => html`<dt>${limitWord(limit)}</dt>
                <dd>${inMebibytes.has(limit) ? bytes(value) : value}</dd>`,
            )}
          </dl>`
      }
      ${this.draft === null ? nothing : this.#dialog(this.draft)}
    </section>`;
  }

  #dialog(draft: Draft): unknown {
    const wrong = limits.filter((limit) => draft[limit] !== '' && !(Number(draft[limit]) >= least[limit]));
    return html`<hearth-dialog heading=${msg('What it may use')} open @hearth-close=${this.#close}>
      <div class="stack">
        <p class="soft">${msg('Leave a field empty to leave it to the package and the server.')}</p>
        ${limits.map(
          (limit) => html`<hearth-field
            type="number"
            label=${inMebibytes.has(limit) ? msg(str`${limitWord(limit)} (MiB)`) : limitWord(limit)}
            hint=${limitHint(limit)}
            error=${wrong.includes(limit) ? msg(str`Enter ${least[limit]} or more.`) : ''}
            min=${String(least[limit])}
            .value=${draft[limit]}
            @hearth-input=${(event: CustomEvent<string>) => (this.draft = { ...draft, [limit]: event.detail })}
          ></hearth-field>`,
        )}
      </div>
      <hearth-button slot="footer" @click=${this.#close}>${msg('Not now')}</hearth-button>
      <hearth-button
        slot="footer"
        variant="primary"
        ?busy=${this.busy}
        ?disabled=${wrong.length > 0}
        @click=${() => this.#save(draft)}
        >${msg('Save')}</hearth-button
      >
    </hearth-dialog>`;
  }

  readonly #close = (): void => {
    this.draft = null;
  };

  async #save(draft: Draft): Promise<void> {
    this.busy = true;
    const saved = await this.act(async () => {
      const answer = await shell.rpc.call('package.set-limits', { id: this.service, ...limitsOf(draft) });
      shell.toasts.show(
        'good',
        answer.applied ? msg('It counts from now on.') : msg('It counts from its next start on.'),
      );
      const words = answer.unkept.map((limit) => unkeptWord(limit)).filter((word) => word !== null);
      for (const word of words) shell.toasts.show('info', word);
    });
    this.busy = false;
    if (saved) this.draft = null;
  }
}

function draftOf(row: ServiceRow): Draft {
  const text = (limit: Limit): string => {
    const value = row.limits?.[limit] ?? null;
    return value === null ? '' : String(inMebibytes.has(limit) ? Math.round(value / mebibyte) : value);
  };
  return Object.fromEntries(limits.map((limit) => [limit, text(limit)])) as Draft;
}

function limitsOf(draft: Draft): Record<Limit, number | null> {
  const value = (limit: Limit): number | null => {
    if (draft[limit] === '') return null;
    return Math.round(Number(draft[limit]) * (inMebibytes.has(limit) ? mebibyte : 1));
  };
  return Object.fromEntries(limits.map((limit) => [limit, value(limit)])) as Record<Limit, number | null>;
}

function limitWord(limit: Limit): string {
  const words: Record<Limit, string> = {
    memory: msg('Memory'),
    cpuWeight: msg('Share of the processor'),
    pids: msg('Processes'),
    ioWeight: msg('Share of the disk’s time'),
    disk: msg('Room on the disk'),
  };
  return words[limit];
}

function limitHint(limit: Limit): string {
  const words: Record<Limit, string> = {
    memory: msg('A program that wants more is ended.'),
    cpuWeight: msg('Counts while others want it too; 100 is what others have.'),
    pids: msg('No more programs at once than this.'),
    ioWeight: msg('Counts while others want it too; 100 is what others have.'),
    disk: msg('Of all its data together.'),
  };
  return words[limit];
}

/** What is said of a limit that this machine does not keep at once. */
function unkeptWord(limit: string): string | null {
  if (limit === 'ioWeight') return msg('This machine’s disk has no scheduler that could share its time.');
  if (limit === 'disk')
    return msg(
      'This disk’s file system knows no limits: the service is looked at every minute, and stopped if it takes more.',
    );
  return null;
}

define('hearth-service-limits', ServiceLimitsCard);

import type { CheckResult, HealthEntry } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/health-list.ts';
import '../../elements/skeleton.ts';
import '../../elements/status.ts';
import { define } from '../../elements/element.ts';
import '../rescue/rescue-tools.ts';
import type { HealthState, UiState } from '../../state/slices.ts';
import { base } from '../../styles/base.ts';
import type { StateTone } from '../../words/service-words.ts';
import { HearthView } from '../view.ts';

type Boot = NonNullable<UiState['boot']>;
type Outcome = Boot['plugins'][number]['outcome'];

const tones: Readonly<Record<Outcome, StateTone>> = { ok: 'good', failed: 'bad', skipped: 'warn' };

/** Checks of the machine, and how the last start went. */
export class SystemHealth extends HearthView {
  static override styles = [
    base,
    css`
      h2 {
        margin-block-end: 0.8rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.15rem 1rem;
        padding-block: 0.7rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      li p {
        grid-column: 1 / -1;
      }
    `,
  ];
  readonly #health = this.select(({ health }) => health);
  readonly #boot = this.select(({ boot }) => boot);

  override render(): unknown {
    const boot = this.#boot.value;
    const checks = hostChecks(this.#health.value);
    return html`<div class="stack">
      ${
        boot?.mode === 'diagnostic'
          ? html`<section class="card"><hearth-rescue-tools .plugins=${boot.plugins}></hearth-rescue-tools></section>`
          : nothing
      }
      <section class="card">
        <h2>${msg('The machine')}</h2>
        ${
          Object.keys(checks).length === 0
            ? html`<p class="soft">${msg('Nothing has been measured yet.')}</p>`
            : html`<hearth-health-list .checks=${checks}></hearth-health-list>`
        }
      </section>
      ${boot === undefined ? html`<hearth-skeleton rows="2"></hearth-skeleton>` : this.#report(boot)}
    </div>`;
  }

  #report(boot: Boot): unknown {
    const words: Record<Outcome, string> = { ok: msg('Running'), failed: msg('Failed'), skipped: msg('Left out') };
    return html`<section class="card">
      <h2>${msg('How the last start went')}</h2>
      <ul class="plain">
        ${boot.plugins.map(
          ({ plugin, about, outcome, took, error }) => html`<li>
            <div><strong>${plugin}</strong> <span class="small soft">${msg(str`${Math.round(took)} ms`)}</span></div>
            <hearth-status tone=${tones[outcome]} text=${words[outcome]}></hearth-status>
            <p class="small soft">${about}</p>
            ${error === null ? nothing : html`<p class="small">${error.message}</p>`}
          </li>`,
        )}
      </ul>
    </section>`;
  }
}

const results: readonly string[] = ['success', 'disabled', 'starting', 'waiting', 'loading', 'failure'];

/** The plugin's rows as the list shows them; a result it does not know counts as failing. */
function hostChecks(health: HealthState | undefined): Readonly<Record<string, HealthEntry>> {
  return Object.fromEntries(
    Object.entries(health?.checks ?? {}).map(([id, { name, result, message, since }]) => [
      id,
      { name, result: (results.includes(result) ? result : 'failure') as CheckResult, message, since },
    ]),
  );
}

define('hearth-system-health', SystemHealth);

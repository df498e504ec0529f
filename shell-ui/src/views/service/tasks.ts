import type { TaskEntry } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/status.ts';
import { define } from '../../elements/element.ts';
import { shell } from '../../shell.ts';
import type { StateTone } from '../../words/service-words.ts';
import { base } from '../../styles/base.ts';
import { HearthView } from '../view.ts';
import { hindrance } from './actions.ts';
import './run-action.ts';

type Severity = TaskEntry['task']['severity'];
const order: Readonly<Record<Severity, number>> = { critical: 0, important: 1, optional: 2 };
const tones: Readonly<Record<Severity, StateTone>> = { critical: 'bad', important: 'warn', optional: 'idle' };

/** What the service asks its owner to do. */
export class ServiceTasks extends HearthView {
  static override properties = { service: {}, running: { state: true } };
  static override styles = [
    base,
    css`
      h2 {
        margin-block-end: 0.8rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.5rem 1rem;
        align-items: center;
        padding-block: 0.8rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      li:first-child {
        padding-block-start: 0;
      }
      li:last-child {
        padding-block-end: 0;
      }
    `,
  ];
  declare service: string;
  /** Replay id of the task whose action is being run. */
  declare running: string | null;
  readonly #services = this.select(({ services }) => services);

  constructor() {
    super();
    this.service = '';
    this.running = null;
  }

  /** Takes no room on the page when there is nothing to do. */
  override willUpdate(): void {
    this.hidden = this.#open().length === 0;
  }

  override render(): unknown {
    const tasks = this.#open();
    if (tasks.length === 0) return nothing;
    const chosen = tasks.find(([id]) => id === this.running)?.[1].task;
    return html`<section class="card">
      <h2>${msg('Waiting for you')}</h2>
      <ul class="plain">
        ${tasks.map(([id, entry]) => this.#task(id, entry))}
      </ul>
      ${
        chosen === undefined
          ? nothing
          : html`<hearth-run-action
            service=${chosen.packageId}
            action=${chosen.actionId}
            .prefill=${chosen.input?.set ?? chosen.input?.value ?? null}
            @hearth-close=${() => (this.running = null)}
          ></hearth-run-action>`
      }
    </section>`;
  }

  /** Most pressing first. */
  #open(): [string, TaskEntry][] {
    return Object.entries(this.#services.value?.[this.service]?.tasks ?? {})
      .filter(([, { active }]) => active)
      .sort(([, one], [, other]) => order[one.task.severity] - order[other.task.severity]);
  }

  #task(id: string, { task }: TaskEntry): unknown {
    const owner = this.#services.value?.[task.packageId];
    const action = owner?.actions[task.actionId];
    const name = action?.name ?? task.actionId;
    const hindered =
      owner === undefined
        ? null
        : action === undefined
          ? msg('The other service does not offer this now.')
          : hindrance(owner, action);
    const words: Record<Severity, string> = {
      critical: msg('Needed'),
      important: msg('Recommended'),
      optional: msg('Optional'),
    };
    return html`<li>
      <div class="stack tight">
        <div class="row">
          <strong>${task.packageId === this.service ? name : `${owner?.manifest.title ?? task.packageId}: ${name}`}</strong>
          <hearth-status tone=${tones[task.severity]} text=${words[task.severity]}></hearth-status>
        </div>
        ${task.reason === undefined || task.reason === null ? nothing : html`<p class="soft">${task.reason}</p>`}
        ${hindered === null ? nothing : html`<p class="small soft"><em>${hindered}</em></p>`}
      </div>
      <div class="row">
        ${
          task.severity === 'critical'
            ? nothing
            : html`<hearth-button variant="plain" size="s" @click=${() => this.#dismiss(id)}
              >${msg('Dismiss')}</hearth-button
            >`
        }
        ${
          owner === undefined
            ? html`<hearth-button variant="primary" size="s" href=${`/marketplace/${task.packageId}`}
                >${msg('Install it')}</hearth-button
              >`
            : html`<hearth-button
                variant="primary"
                size="s"
                ?disabled=${hindered !== null}
                @click=${() => (this.running = id)}
                >${msg('Do it')}</hearth-button
              >`
        }
      </div>
    </li>`;
  }

  #dismiss(replayId: string): void {
    void this.act(
      () => shell.rpc.call('package.action.clear-task', { packageId: this.service, replayId, force: false }),
      msg(str`Dismissed`),
    );
  }
}

define('hearth-service-tasks', ServiceTasks);

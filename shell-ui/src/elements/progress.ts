import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js';
import type { JobProgress, JobRow, Phase, Progress } from '@hearth/contract';
import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import { base } from '../styles/base.ts';
import { bytes, timeLeft } from '../words/numbers.ts';
import { jobWord } from '../words/service-words.ts';
import { define, HearthElement } from './element.ts';
import './button.ts';
import './icon.ts';

/** How far a job is: its phases, the running one with bytes and time left. Emits `hearth-cancel`. */
export class HearthProgress extends HearthElement {
  static override properties = { job: { attribute: false }, progress: { attribute: false } };
  static override styles = [
    base,
    css`
      ol {
        display: grid;
        gap: 0.55rem;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: 1.4rem minmax(0, 1fr) auto;
        gap: 0.1rem 0.6rem;
        align-items: center;
        color: var(--ink-soft);
      }
      li.on {
        color: var(--ink);
        font-weight: 600;
      }
      li.done hearth-icon {
        color: var(--sage);
      }
      .figures {
        font-variant-numeric: tabular-nums;
        font-weight: 400;
        font-size: 0.9rem;
        color: var(--ink-soft);
      }
      wa-progress-bar {
        grid-column: 2 / -1;
        --track-height: 0.5rem;
        --track-color: var(--sunken);
      }
      .turn {
        animation: turn 2.4s linear infinite;
      }
      @keyframes turn {
        to {
          transform: rotate(1turn);
        }
      }
    `,
  ];
  declare job: JobRow | undefined;
  declare progress: JobProgress | undefined;

  override render(): unknown {
    const { job } = this;
    if (job === undefined) return nothing;
    const phases = this.progress?.phases ?? [];
    const eta = this.progress?.eta ?? null;
    return html`<div class="stack">
      <div class="row spread">
        <h2>${job.title}</h2>
        <span class="figures">${eta === null ? jobWord(job.state) : timeLeft(eta)}</span>
      </div>
      ${
        phases.length === 0
          ? html`<wa-progress-bar indeterminate label=${job.title}></wa-progress-bar>`
          : html`<ol>
            ${phases.map((phase) => this.#phase(phase))}
          </ol>`
      }
      ${
        job.cancellable
          ? html`<div class="row end">
            <hearth-button size="s" icon="x" @click=${() => this.tell('hearth-cancel', job.id)}
              >${msg('Cancel')}</hearth-button
            >
          </div>`
          : nothing
      }
    </div>`;
  }

  #phase({ name, progress }: Phase): unknown {
    const running = progress !== null && progress !== true;
    const icon = progress === true ? 'circle-check' : running ? 'flame' : 'circle-dashed';
    return html`<li class=${progress === true ? 'done' : running ? 'on' : ''} aria-current=${running ? 'step' : nothing}>
      <hearth-icon name=${icon}></hearth-icon>
      <span>${name}</span>
      <span class="figures">${figures(progress)}</span>
      ${running ? this.#bar(name, progress) : nothing}
    </li>`;
  }

  #bar(name: string, progress: Progress): unknown {
    const percent = share(progress);
    return percent === null
      ? html`<wa-progress-bar indeterminate label=${name}></wa-progress-bar>`
      : html`<wa-progress-bar value=${percent} label=${name}></wa-progress-bar>`;
  }
}

/** Per cent, or null where the length is not known. */
export function share(progress: Progress): number | null {
  if (progress === true) return 100;
  if (progress === null || progress === false || progress.total === null || progress.total === 0) return null;
  return Math.min(100, Math.round((progress.done / progress.total) * 100));
}

/** `12 MB / 48 MB`, `3 / 5`. */
export function figures(progress: Progress): string {
  if (progress === null || typeof progress === 'boolean') return '';
  const write = (value: number): string => (progress.units === 'bytes' ? bytes(value) : String(Math.round(value)));
  return progress.total === null ? write(progress.done) : `${write(progress.done)} / ${write(progress.total)}`;
}

define('hearth-progress', HearthProgress);

/** What a plugin asks for, one sentence a line, with what changes and why. */
import type { CapabilityChange } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/choices.ts';
import '../../elements/status.ts';
import { define, HearthElement } from '../../elements/element.ts';
import { base } from '../../styles/base.ts';
import type { StateTone } from '../../words/service-words.ts';

/** Emits `hearth-choose` with the names of the optional ones that are wanted. */
export class CapabilityList extends HearthElement {
  static override properties = { changes: { attribute: false }, chosen: { attribute: false } };
  static override styles = [
    base,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.15rem 1rem;
        padding-block: 0.7rem;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      li > p,
      hearth-toggle {
        grid-column: 1 / -1;
      }
      .gone strong {
        text-decoration: line-through;
        font-weight: 400;
      }
    `,
  ];
  declare changes: readonly CapabilityChange[];
  declare chosen: readonly string[];

  constructor() {
    super();
    this.changes = [];
    this.chosen = [];
  }

  override render(): unknown {
    if (this.changes.length === 0) return html`<p class="soft">${msg('It asks for nothing.')}</p>`;
    return html`<ul class="plain">
      ${this.changes.map((change) => this.#line(change))}
    </ul>`;
  }

  #line({ capability, change, sentence, before, reason, optional, needsGrant }: CapabilityChange): unknown {
    const words: Record<CapabilityChange['change'], readonly [string, StateTone] | null> = {
      new: [msg('New'), 'warn'],
      more: [msg('More than before'), 'warn'],
      less: [msg('Less than before'), 'good'],
      gone: [msg('No longer'), 'good'],
      same: null,
    };
    const word = words[change];
    return html`<li class=${change}>
      <strong>${sentence}</strong>
      ${word === null ? nothing : html`<hearth-status tone=${word[1]} text=${word[0]}></hearth-status>`}
      ${before === null ? nothing : html`<p class="small soft">${msg(str`Until now: ${before}`)}</p>`}
      ${change === 'gone' ? nothing : html`<p class="small soft">${reason}</p>`}
      ${
        optional && needsGrant
          ? html`<hearth-toggle
            box
            label=${msg('Allow this too; it runs without')}
            .value=${this.chosen.includes(capability)}
            @hearth-input=${(event: CustomEvent<boolean>) => {
              event.stopPropagation();
              this.#choose(capability, event.detail);
            }}
          ></hearth-toggle>`
          : nothing
      }
    </li>`;
  }

  #choose(capability: string, wanted: boolean): void {
    const others = this.chosen.filter((name) => name !== capability);
    this.tell('hearth-choose', wanted ? [...others, capability] : others);
  }
}

define('hearth-capability-list', CapabilityList);

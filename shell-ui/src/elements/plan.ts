import { type PlanChange, type ServicePlan, urlPlugin } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import { base } from '../styles/base.ts';
import { failureWords } from '../words/failures.ts';
import { bytes, lasted } from '../words/numbers.ts';
import { define, HearthElement } from './element.ts';
import './notice.ts';

/** What is about to happen, before it does. */
export class HearthPlan extends HearthElement {
  static override properties = { plan: { attribute: false } };
  static override styles = [
    base,
    css`
      ul {
        margin: 0.3rem 0 0;
        padding-inline-start: 1.2rem;
      }
    `,
  ];
  declare plan: ServicePlan | null;

  constructor() {
    super();
    this.plan = null;
  }

  override render(): unknown {
    const { plan } = this;
    if (plan === null) return nothing;
    return html`<div class="stack">
      ${plan.refusals.map((refusal) => {
        const { text, more } = failureWords(refusal);
        return html`<hearth-notice tone="bad" heading=${text} text=${more ?? ''}></hearth-notice>`;
      })}
      ${this.#permissions(plan.changes)} ${this.#dependants(plan)} ${this.#facts(plan)}
    </div>`;
  }

  #permissions(changes: readonly PlanChange[]): unknown {
    const found = changes.filter(
      ({ about, after }) => about === 'permission' && after !== undefined && after !== false,
    );
    if (found.length === 0) return nothing;
    return html`<hearth-notice tone="warn" heading=${msg('It may do more than before')}>
      <ul>
        ${found.map(({ path, after }) => html`<li>${permissionWords(path, after)}</li>`)}
      </ul>
    </hearth-notice>`;
  }

  #dependants({ dependants }: ServicePlan): unknown {
    if (dependants.length === 0) return nothing;
    const words = {
      interrupted: msg('is interrupted meanwhile'),
      unsatisfied: msg('does not accept this version'),
      lost: msg('will not work without it'),
      needsYou: msg('asks for something to be done then'),
      served: msg('gets what it asks for'),
    };
    const grave = dependants.some(({ effect }) => effect !== 'interrupted' && effect !== 'served');
    return html`<hearth-notice tone=${grave ? 'warn' : 'info'} heading=${msg('Others need it')}>
      <ul>
        ${dependants.map(({ title, effect }) => html`<li>${title} ${words[effect]}</li>`)}
      </ul>
    </hearth-notice>`;
  }

  #facts({ from, to, fetch, disk, memory, snapshot, erases, downtime, ports }: ServicePlan): unknown {
    const freed = ports.filter(({ effect }) => effect === 'freed').map(({ port }) => port);
    const facts: readonly (readonly [name: string, value: string] | null)[] = [
      from !== null && to !== null && from !== to ? [msg('Version'), msg(str`${from}, then ${to}`)] : null,
      fetch > 0 ? [msg('To fetch'), bytes(fetch)] : null,
      disk.needed > 0 ? [msg('Room on the disk'), msg(str`${bytes(disk.needed)} of ${bytes(disk.free)} free`)] : null,
      memory.needed === null ? null : [msg('Memory'), bytes(memory.needed)],
      snapshot === null ? null : [msg('Its data is put aside first'), snapshotWords(snapshot)],
      downtime > 0 ? [msg('Down for about'), lasted(downtime * 1000)] : null,
      erases === null ? null : [msg('Deleted for good'), bytes(erases)],
      freed.length === 0 ? null : [msg('Ports given back'), freed.join(', ')],
    ];
    const shown = facts.filter((fact) => fact !== null);
    if (shown.length === 0) return nothing;
    return html`<dl class="facts">
      ${shown.map(
        ([name, value]) => html`<dt>${name}</dt>
          <dd>${value}</dd>`,
      )}
    </dl>`;
  }
}

function snapshotWords({ bytes: size, shared }: NonNullable<ServicePlan['snapshot']>): string {
  return shared ? msg(str`${bytes(size)}, at once`) : msg(str`${bytes(size)}, copied`);
}

function permissionWords(path: string, after: unknown): string {
  if (path.startsWith('/plugins/') && after === urlPlugin)
    return msg('give addresses to your other services, and reach those it gave one');
  const words: Readonly<Record<string, string>> = {
    '/userspaceFilesystems': msg('mount file systems of its own'),
    '/virtualNetworking': msg('make networks of its own'),
    '/hardwareAcceleration': msg('use the graphics card'),
  };
  return (
    words[path] ?? `${path.slice(1).replaceAll('/', ' ')}: ${typeof after === 'string' ? after : JSON.stringify(after)}`
  );
}

/** Whether the owner should look at it before it is done. */
export function worthALook(plan: ServicePlan): boolean {
  return (
    plan.refusals.length > 0 ||
    plan.dependants.length > 0 ||
    plan.from !== null ||
    plan.changes.some(({ about, after }) => about === 'permission' && after !== undefined && after !== false)
  );
}

define('hearth-plan', HearthPlan);

import type { ServicePlan } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { html, type PropertyValues } from 'lit';
import '../../elements/choices.ts';
import '../../elements/confirm.ts';
import '../../elements/notice.ts';
import '../../elements/plan.ts';
import { define } from '../../elements/element.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { HearthView } from '../view.ts';

/** Asks what shall become of the data, and has the name typed before it deletes any. */
export class Uninstall extends HearthView {
  static override properties = {
    service: {},
    title: {},
    open: { type: Boolean },
    keep: { state: true },
    plan: { state: true },
    busy: { state: true },
  };
  static override styles = [base];
  declare service: string;
  declare title: string;
  declare open: boolean;
  declare keep: boolean;
  /** What it would do; null until that is known. */
  declare plan: ServicePlan | null;
  declare busy: boolean;

  constructor() {
    super();
    this.service = '';
    this.title = '';
    this.open = false;
    this.keep = true;
    this.plan = null;
    this.busy = false;
  }

  override updated(changed: PropertyValues<this>): void {
    if (this.open && (changed.has('open') || changed.has('keep'))) void this.#look();
  }

  override render(): unknown {
    return html`<hearth-confirm
      heading=${msg(str`Uninstall ${this.title}?`)}
      action=${this.keep ? msg('Uninstall') : msg('Uninstall and delete data')}
      word=${this.service}
      danger
      ?open=${this.open}
      ?busy=${this.busy}
      @hearth-confirm=${this.#confirm}
    >
      <div class="stack">
        <hearth-toggle
          label=${msg('Keep its data')}
          hint=${msg('A later install finds everything as it was.')}
          .value=${this.keep}
          @hearth-input=${this.#choose}
        ></hearth-toggle>
        ${this.plan === null ? '' : html`<hearth-plan .plan=${this.plan}></hearth-plan>`}
        ${
          this.keep
            ? ''
            : html`<hearth-notice
              tone="warn"
              heading=${msg('Its data will be gone for good')}
              text=${msg('Only a backup brings it back.')}
            ></hearth-notice>`
        }
      </div>
    </hearth-confirm>`;
  }

  readonly #choose = (event: CustomEvent<boolean>): void => {
    this.keep = event.detail;
    // Of the other choice.
    this.plan = null;
  };

  async #look(): Promise<void> {
    const asked = { action: 'uninstall', id: this.service, soft: this.keep } as const;
    const plan = await shell.rpc.call('package.plan', asked).catch(() => null);
    // Another question may be open by now.
    if (plan?.service === this.service && asked.soft === this.keep) this.plan = plan;
  }

  readonly #confirm = async (): Promise<void> => {
    this.busy = true;
    if (this.plan === null) await this.#look();
    const plan = this.plan === null ? {} : { plan: this.plan.id };
    const begun = await this.act(
      () => shell.rpc.call('package.uninstall', { id: this.service, soft: this.keep, force: false, ...plan }),
      msg(str`${this.title} is being uninstalled`),
    );
    this.busy = false;
    if (!begun) {
      // It may be another one by now: the owner sees that before asking again.
      await this.#look();
      return;
    }
    this.open = false;
    this.tell('hearth-close');
  };
}

define('hearth-uninstall', Uninstall);

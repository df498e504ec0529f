import type { ServicePlan } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/dialog.ts';
import '../elements/plan.ts';
import { define, HearthElement } from '../elements/element.ts';
import { base } from '../styles/base.ts';

/** Shows what an installation or an update would do, and asks. Emits `hearth-confirm`, `hearth-close`. */
export class PlanDialog extends HearthElement {
  static override properties = { plan: { attribute: false }, busy: { type: Boolean } };
  static override styles = [base];
  declare plan: ServicePlan | null;
  declare busy: boolean;

  constructor() {
    super();
    this.plan = null;
    this.busy = false;
  }

  override render(): unknown {
    const { plan } = this;
    if (plan === null) return nothing;
    const fresh = plan.from === null;
    return html`<hearth-dialog heading=${fresh ? msg(str`Install ${plan.title}?`) : msg(str`Change ${plan.title}?`)} open>
      <hearth-plan .plan=${plan}></hearth-plan>
      <hearth-button slot="footer" @click=${() => this.tell('hearth-close')}>${msg('Not now')}</hearth-button>
      <hearth-button
        slot="footer"
        variant="primary"
        ?busy=${this.busy}
        ?disabled=${plan.refusals.length > 0}
        @click=${() => this.tell('hearth-confirm')}
        >${fresh ? msg('Install') : msg('Change it')}</hearth-button
      >
    </hearth-dialog>`;
  }
}

define('hearth-plan-dialog', PlanDialog);

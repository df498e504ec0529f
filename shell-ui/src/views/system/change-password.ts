import { msg } from '@lit/localize';
import { css, html } from 'lit';
import '../../elements/button.ts';
import '../../elements/field.ts';
import '../../elements/new-password.ts';
import '../../elements/notice.ts';
import type { HearthNewPassword, NewPassword } from '../../elements/new-password.ts';
import { define } from '../../elements/element.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { FormView } from '../form-view.ts';

/** Emits `hearth-changed`: other sessions may have ended with it. */
export class ChangePassword extends FormView {
  static override properties = {
    ...FormView.properties,
    old: { state: true },
    password: { state: true },
    round: { state: true },
  };
  static override styles = [
    base,
    css`
      form {
        max-inline-size: 26rem;
      }
      h2 {
        margin-block-end: 1rem;
      }
    `,
  ];
  declare old: string;
  declare password: NewPassword;

  constructor() {
    super();
    this.old = '';
    this.password = { password: '', valid: false };
  }

  override render(): unknown {
    return html`<section class="card">
      <h2>${msg('Change the password')}</h2>
      <form class="stack" @submit=${this.#submit} novalidate>
        ${this.notice()}
        <hearth-field
          type="password"
          autocomplete="current-password"
          label=${msg('Present password')}
          .value=${this.old}
          error=${this.checked && this.old === '' ? msg('This is needed.') : ''}
          required
          @hearth-input=${(event: CustomEvent<string>) => (this.old = event.detail)}
        ></hearth-field>
        <hearth-new-password
          label=${msg('New password')}
          ?checked=${this.checked}
          @hearth-password=${(event: CustomEvent<NewPassword>) => (this.password = event.detail)}
        ></hearth-new-password>
        <div>
          <hearth-button type="submit" ?busy=${this.busy}>${msg('Change password')}</hearth-button>
        </div>
      </form>
    </section>`;
  }

  readonly #submit = async (event: Event): Promise<void> => {
    await this.send(event, this.old !== '' && this.password.valid, async () => {
      await shell.rpc.call('auth.reset-password', {
        oldPassword: this.old,
        newPassword: this.password.password,
      });
      shell.toasts.show('good', msg('The password is changed'));
      this.old = '';
      this.password = { password: '', valid: false };
      const fields = this.renderRoot.querySelector<HearthNewPassword>('hearth-new-password');
      if (fields !== null) fields.password = fields.again = '';
      this.tell('hearth-changed');
    });
  };
}

define('hearth-change-password', ChangePassword);

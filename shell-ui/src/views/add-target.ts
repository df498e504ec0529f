import { msg } from '@lit/localize';
import { html } from 'lit';
import '../elements/button.ts';
import '../elements/dialog.ts';
import '../elements/field.ts';
import '../elements/new-password.ts';
import '../elements/notice.ts';
import type { NewPassword } from '../elements/new-password.ts';
import { define } from '../elements/element.ts';
import { shell } from '../shell.ts';
import { base } from '../styles/base.ts';
import { FormView } from './form-view.ts';

/** Adds a folder as a place for backups. Emits `hearth-close`. */
export class AddTarget extends FormView {
  static override properties = {
    ...FormView.properties,
    open: { type: Boolean },
    name: { state: true },
    path: { state: true },
    password: { state: true },
  };
  static override styles = [base];
  declare open: boolean;
  declare name: string;
  declare path: string;
  declare password: NewPassword;

  constructor() {
    super();
    this.open = false;
    this.name = '';
    this.path = '';
    this.password = { password: '', valid: false };
  }

  override render(): unknown {
    const missing = msg('This is needed.');
    return html`<hearth-dialog heading=${msg('Add a place for backups')} ?open=${this.open}>
      <form class="stack loose" @submit=${this.#add} novalidate>
        ${this.notice()}
        <hearth-field
          label=${msg('Name')}
          placeholder=${msg('Blue USB drive')}
          .value=${this.name}
          error=${this.checked && this.name.trim() === '' ? missing : ''}
          required
          @hearth-input=${(event: CustomEvent<string>) => (this.name = event.detail)}
        ></hearth-field>
        <hearth-field
          label=${msg('Folder on the server')}
          placeholder="/media/usb/hearth"
          hint=${msg('The whole path. An empty folder, or one that was used for Hearth’s backups before.')}
          .value=${this.path}
          error=${this.checked && !this.path.startsWith('/') ? msg('A whole path begins with “/”.') : ''}
          required
          @hearth-input=${(event: CustomEvent<string>) => (this.path = event.detail)}
        ></hearth-field>
        <hearth-new-password
          label=${msg('Password of the backups')}
          ?checked=${this.checked}
          @hearth-password=${(event: CustomEvent<NewPassword>) => (this.password = event.detail)}
        ></hearth-new-password>
        <hearth-notice
          tone="warn"
          text=${msg('Write this password down and keep it away from the server: without it nobody, not even you, can restore.')}
        ></hearth-notice>
      </form>
      <hearth-button slot="footer" @click=${() => (this.open = false)}>${msg('Not now')}</hearth-button>
      <hearth-button slot="footer" variant="primary" ?busy=${this.busy} @click=${this.#add}>${msg('Add')}</hearth-button>
    </hearth-dialog>`;
  }

  readonly #add = async (event: Event): Promise<void> => {
    const { password, valid } = this.password;
    const complete = this.name.trim() !== '' && this.path.startsWith('/') && valid;
    await this.send(event, complete, async () => {
      await shell.rpc.call('backup.target.add', { name: this.name.trim(), path: this.path.trim(), password });
      shell.toasts.show('good', msg('Ready for backups'));
      this.open = false;
      this.tell('hearth-close');
    });
  };
}

define('hearth-add-target', AddTarget);

import { msg } from '@lit/localize';
import { html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/dialog.ts';
import '../elements/field.ts';
import '../elements/new-password.ts';
import '../elements/notice.ts';
import type { NewPassword } from '../elements/new-password.ts';
import { define } from '../elements/element.ts';
import { CallError } from '../link/call-error.ts';
import { shell } from '../shell.ts';
import { base } from '../styles/base.ts';
import { callFailureWords, type Failure } from '../words/failures.ts';
import { HearthView } from './view.ts';

/** Adds a folder as a place for backups. Emits `hearth-close`. */
export class AddTarget extends HearthView {
  static override properties = {
    open: { type: Boolean },
    name: { state: true },
    path: { state: true },
    password: { state: true },
    checked: { state: true },
    busy: { state: true },
    failure: { state: true },
  };
  static override styles = [base];
  declare open: boolean;
  declare name: string;
  declare path: string;
  declare password: NewPassword;
  declare checked: boolean;
  declare busy: boolean;
  declare failure: Failure | null;

  constructor() {
    super();
    this.open = false;
    this.name = '';
    this.path = '';
    this.password = { password: '', valid: false };
    this.checked = false;
    this.busy = false;
    this.failure = null;
  }

  override render(): unknown {
    const missing = msg('This is needed.');
    return html`<hearth-dialog heading=${msg('Add a place for backups')} ?open=${this.open}>
      <form class="stack loose" @submit=${this.#add} novalidate>
        ${
          this.failure === null
            ? nothing
            : html`<hearth-notice
              tone="bad"
              heading=${this.failure.text}
              text=${this.failure.more ?? ''}
            ></hearth-notice>`
        }
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
    event.preventDefault();
    this.checked = true;
    if (this.busy || this.name.trim() === '' || !this.path.startsWith('/') || !this.password.valid) return;
    this.busy = true;
    this.failure = null;
    try {
      await shell.rpc.call('backup.target.add', {
        name: this.name.trim(),
        path: this.path.trim(),
        password: this.password.password,
      });
      shell.toasts.show('good', msg('Ready for backups'));
      this.open = false;
      this.tell('hearth-close');
    } catch (cause) {
      this.failure = callFailureWords(CallError.from(cause));
    }
    this.busy = false;
  };
}

define('hearth-add-target', AddTarget);

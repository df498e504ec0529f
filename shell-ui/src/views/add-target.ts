import { msg, str } from '@lit/localize';
import { html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/choices.ts';
import '../elements/dialog.ts';
import '../elements/field.ts';
import '../elements/form.ts';
import '../elements/new-password.ts';
import '../elements/notice.ts';
import type { NewPassword } from '../elements/new-password.ts';
import { define } from '../elements/element.ts';
import { type FormValue, formErrors, startValue } from '../forms/values.ts';
import { shell } from '../shell.ts';
import type { BackupKind } from '../state/slices.ts';
import { base } from '../styles/base.ts';
import { FormView } from './form-view.ts';

/** Adds a place for backups: a folder, or one of the kinds that plugins bring. Emits `hearth-close`. */
export class AddTarget extends FormView {
  static override properties = {
    ...FormView.properties,
    open: { type: Boolean },
    kinds: { attribute: false },
    kind: { state: true },
    name: { state: true },
    path: { state: true },
    settings: { state: true },
    password: { state: true },
  };
  static override styles = [base];
  declare open: boolean;
  declare kinds: readonly BackupKind[];
  declare kind: string;
  declare name: string;
  declare path: string;
  declare settings: FormValue;
  declare password: NewPassword;

  constructor() {
    super();
    this.open = false;
    this.kinds = [];
    this.kind = 'folder';
    this.name = '';
    this.path = '';
    this.settings = {};
    this.password = { password: '', valid: false };
  }

  override render(): unknown {
    return html`<hearth-dialog heading=${msg('Add a place for backups')} ?open=${this.open}>
      <form class="stack loose" @submit=${this.#add} novalidate>
        ${this.notice()}${this.#kinds()}
        <hearth-field
          label=${msg('Name')}
          placeholder=${this.#chosen === undefined ? msg('Blue USB drive') : this.#chosen.name}
          .value=${this.name}
          error=${this.checked && this.name.trim() === '' ? msg('This is needed.') : ''}
          required
          @hearth-input=${(event: CustomEvent<string>) => (this.name = event.detail)}
        ></hearth-field>
        ${this.#chosen === undefined ? this.#folder() : this.#form(this.#chosen)}
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

  get #chosen(): BackupKind | undefined {
    return this.kinds.find(({ id }) => id === this.kind);
  }

  #kinds(): unknown {
    if (this.kinds.length === 0) return nothing;
    const chosen = this.#chosen;
    return html`<hearth-select
      label=${msg('Kind of place')}
      hint=${chosen === undefined ? '' : chosen.about}
      value=${chosen === undefined ? 'folder' : chosen.id}
      error=${
        chosen === undefined || chosen.unavailable === null
          ? ''
          : msg(str`It cannot be used now, because ${chosen.unavailable}.`)
      }
      .choices=${[
        { value: 'folder', text: msg('A folder on the server') },
        ...this.kinds.map(({ id, name }) => ({ value: id, text: name })),
      ]}
      @hearth-input=${(event: CustomEvent<string>) => this.#choose(event.detail)}
    ></hearth-select>`;
  }

  #choose(kind: string): void {
    this.kind = kind;
    const chosen = this.#chosen;
    this.settings = chosen === undefined ? {} : startValue(chosen.form, null);
    this.checked = false;
  }

  #folder(): unknown {
    return html`<hearth-field
      label=${msg('Folder on the server')}
      placeholder="/media/usb/hearth"
      hint=${msg('The whole path. An empty folder, or one that was used for Hearth’s backups before.')}
      .value=${this.path}
      error=${this.checked && !this.path.startsWith('/') ? msg('A whole path begins with “/”.') : ''}
      required
      @hearth-input=${(event: CustomEvent<string>) => (this.path = event.detail)}
    ></hearth-field>`;
  }

  #form({ form }: BackupKind): unknown {
    return html`<hearth-form
      .spec=${form}
      .value=${this.settings}
      .errors=${this.checked ? formErrors(form, this.settings) : {}}
      @hearth-value=${(event: CustomEvent<FormValue>) => (this.settings = event.detail)}
    ></hearth-form>`;
  }

  readonly #add = async (event: Event): Promise<void> => {
    const { password, valid } = this.password;
    const chosen = this.#chosen;
    const [place, filled] =
      chosen === undefined
        ? [{ path: this.path.trim() }, this.path.startsWith('/')]
        : [
            // Forms of places have plain fields alone.
            { kind: chosen.id, settings: this.settings as Record<string, string | number | boolean | null> },
            chosen.unavailable === null && Object.keys(formErrors(chosen.form, this.settings)).length === 0,
          ];
    await this.send(event, this.name.trim() !== '' && filled && valid, async () => {
      await shell.rpc.call('backup.target.add', { name: this.name.trim(), ...place, password });
      shell.toasts.show('good', msg('Ready for backups'));
      // What was typed may be a secret.
      this.#choose('folder');
      this.open = false;
      this.tell('hearth-close');
    });
  };
}

define('hearth-add-target', AddTarget);

import { msg } from '@lit/localize';
import { html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/choices.ts';
import '../../elements/copy.ts';
import '../../elements/dialog.ts';
import '../../elements/field.ts';
import '../../elements/notice.ts';
import type { Choice } from '../../elements/choices.ts';
import { define } from '../../elements/element.ts';
import type { TokenRow } from '../../link/methods.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { FormView } from '../form-view.ts';
import { roleWords } from './role-words.ts';

const roles: readonly TokenRow['role'][] = ['viewer', 'admin', 'owner'];

/** Makes a token for a program, and shows it this once. Emits `hearth-changed`. */
export class AddToken extends FormView {
  static override properties = {
    ...FormView.properties,
    open: { state: true },
    name: { state: true },
    role: { state: true },
    days: { state: true },
    scopes: { state: true },
    token: { state: true },
  };
  static override styles = [base];
  declare open: boolean;
  declare name: string;
  declare role: TokenRow['role'];
  /** `''`: until it is ended. */
  declare days: string;
  /** Names of methods, with spaces or commas between them; `''`: whatever the role may. */
  declare scopes: string;
  /** Null until it is made. */
  declare token: string | null;

  constructor() {
    super();
    this.open = false;
    this.#empty();
  }

  override render(): unknown {
    return html`<hearth-button icon="plus" @click=${this.#show}>${msg('Make a token')}</hearth-button>
      <hearth-dialog heading=${msg('A token for a program')} ?open=${this.open} @hearth-close=${this.#close}>
        ${this.token === null ? this.#form() : this.#made(this.token)}
        ${
          this.token === null
            ? html`<hearth-button slot="footer" @click=${this.#close}>${msg('Not now')}</hearth-button>
              <hearth-button slot="footer" variant="primary" ?busy=${this.busy} @click=${this.#make}
                >${msg('Make it')}</hearth-button
              >`
            : html`<hearth-button slot="footer" variant="primary" @click=${this.#close}>${msg('Done')}</hearth-button>`
        }
      </hearth-dialog>`;
  }

  #form(): unknown {
    const choices: readonly Choice[] = roles.map((value) => ({ value, text: roleWords(value) }));
    const ends: readonly Choice[] = [
      { value: '7', text: msg('For a week') },
      { value: '90', text: msg('For three months') },
      { value: '365', text: msg('For a year') },
      { value: '', text: msg('Until I end it') },
    ];
    return html`<form class="stack loose" @submit=${this.#make} novalidate>
      ${this.notice()}
      <hearth-field
        label=${msg('What it is for')}
        placeholder=${msg('Widget on my phone')}
        .value=${this.name}
        error=${this.checked && this.name.trim() === '' ? msg('This is needed.') : ''}
        required
        @hearth-input=${(event: CustomEvent<string>) => (this.name = event.detail)}
      ></hearth-field>
      <hearth-select
        label=${msg('What it may do')}
        .choices=${choices}
        .value=${this.role}
        @hearth-input=${(event: CustomEvent<TokenRow['role']>) => (this.role = event.detail)}
      ></hearth-select>
      <hearth-select
        label=${msg('How long')}
        .choices=${ends}
        .value=${this.days}
        @hearth-input=${(event: CustomEvent<string>) => (this.days = event.detail)}
      ></hearth-select>
      <hearth-field
        label=${msg('Only these calls')}
        placeholder="package.list, job.*"
        hint=${msg('Leave it empty for all of the above. Names are in the reference of the interface.')}
        .value=${this.scopes}
        @hearth-input=${(event: CustomEvent<string>) => (this.scopes = event.detail)}
      ></hearth-field>
    </form>`;
  }

  #made(token: string): unknown {
    return html`<div class="stack">
      <hearth-notice
        tone="warn"
        text=${msg('Copy it now: it is not shown again. Whoever has it can do what you allowed.')}
      ></hearth-notice>
      <p><code>${token}</code> <hearth-copy value=${token} label=${msg('Copy the token')}></hearth-copy></p>
      ${this.role === 'owner' ? html`<p class="soft">${msg('It can do whatever you can: keep it as you keep your password.')}</p>` : nothing}
    </div>`;
  }

  #empty(): void {
    this.name = '';
    this.role = 'viewer';
    this.days = '90';
    this.scopes = '';
    this.token = null;
  }

  readonly #show = (): void => {
    this.#empty();
    this.open = true;
  };

  readonly #close = (): void => {
    this.open = false;
    // Not kept in the page for longer than it is looked at.
    this.token = null;
  };

  readonly #make = (event: Event): Promise<boolean> => {
    const name = this.name.trim();
    const scopes = this.scopes.split(/[\s,]+/).filter(Boolean);
    return this.send(event, name !== '', async () => {
      const { token } = await shell.rpc.call('auth.token.create', {
        name,
        role: this.role,
        scopes: scopes.length === 0 ? null : scopes,
        days: this.days === '' ? null : Number(this.days),
      });
      this.token = token;
      this.tell('hearth-changed');
    });
  };
}

define('hearth-add-token', AddToken);

import type { SmtpState } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/choices.ts';
import '../../elements/confirm.ts';
import '../../elements/field.ts';
import '../../elements/notice.ts';
import { define } from '../../elements/element.ts';
import { CallError } from '../../link/call-error.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { callFailureWords, type Failure } from '../../words/failures.ts';
import { HearthView } from '../view.ts';

type Server = NonNullable<SmtpState['server']>;

interface Draft {
  readonly host: string;
  readonly port: string;
  readonly security: Server['security'];
  readonly from: string;
  readonly username: string;
  /** Null: as it is. */
  readonly password: string | null;
}

const fresh: Draft = { host: '', port: '587', security: 'starttls', from: '', username: '', password: null };
const usualPorts: Readonly<Record<Draft['security'], string>> = { starttls: '587', tls: '465' };
const draftOf = ({ host, port, security, from, username }: Server): Draft => ({
  ...{ host, security, from, username },
  port: String(port),
  password: null,
});

/** The mail server that services may send by. */
export class SystemMail extends HearthView {
  static override properties = {
    draft: { state: true },
    to: { state: true },
    checked: { state: true },
    busy: { state: true },
    asking: { state: true },
    failure: { state: true },
  };
  static override styles = [
    base,
    css`
      h2 {
        margin-block-end: 0.4rem;
      }
      h2 + p {
        margin-block-end: 1.1rem;
      }
      form {
        max-inline-size: 34rem;
      }
      .pair {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 7rem;
        gap: 0 1rem;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 0.8rem;
      }
      .test {
        border-block-start: 1px solid var(--line);
        margin-block-start: 1.4rem;
        padding-block-start: 1.2rem;
      }
    `,
  ];
  /** What has been typed; null while nothing has. */
  declare draft: Draft | null;
  declare to: string;
  declare checked: boolean;
  declare busy: '' | 'save' | 'clear' | 'test';
  declare asking: boolean;
  declare failure: Failure | null;
  readonly #smtp = this.select(({ smtp }) => smtp);

  constructor() {
    super();
    this.draft = null;
    this.to = '';
    this.checked = false;
    this.busy = '';
    this.asking = false;
    this.failure = null;
  }

  override render(): unknown {
    const server = this.#smtp.value?.server ?? null;
    return html`<section class="card">
      <h2>${msg('Mail')}</h2>
      <p class="soft">
        ${msg('Services that send mail can do so by your account at a mail server. It sees what they send, and they see its password.')}
      </p>
      ${this.#form(server)} ${server === null ? nothing : this.#test()}
      <hearth-confirm
        heading=${msg('Forget the mail server?')}
        action=${msg('Forget it')}
        danger
        ?open=${this.asking}
        ?busy=${this.busy === 'clear'}
        @hearth-close=${() => (this.asking = false)}
        @hearth-confirm=${() => this.#clear()}
      >
        <p>${msg('Services that use it send no more mail until another one is set.')}</p>
      </hearth-confirm>
    </section>`;
  }

  #form(server: Server | null): unknown {
    const draft = this.#draft();
    const needed = (text: string): string => (this.checked && text.trim() === '' ? msg('This is needed.') : '');
    const set =
      (key: keyof Draft) =>
      ({ detail }: CustomEvent<string>): void => {
        this.draft = { ...this.#draft(), [key]: detail };
      };
    return html`<form class="stack" @submit=${this.#save} novalidate>
      ${
        this.failure === null
          ? nothing
          : html`<hearth-notice tone="bad" heading=${this.failure.text} text=${this.failure.more ?? ''}></hearth-notice>`
      }
      <div class="pair">
        <hearth-field
          label=${msg('Mail server')}
          placeholder="smtp.example.com"
          required
          .value=${draft.host}
          error=${needed(draft.host)}
          @hearth-input=${set('host')}
        ></hearth-field>
        <hearth-field
          label=${msg('Port')}
          inputmode="numeric"
          required
          .value=${draft.port}
          error=${this.checked && !isPort(draft.port) ? msg('1 to 65535') : ''}
          @hearth-input=${set('port')}
        ></hearth-field>
      </div>
      <hearth-select
        label=${msg('Encryption')}
        .value=${draft.security}
        .choices=${[
          { value: 'starttls', text: msg('STARTTLS, usually port 587') },
          { value: 'tls', text: msg('TLS, usually port 465') },
        ]}
        @hearth-input=${this.#secure}
      ></hearth-select>
      <hearth-field
        label=${msg('Sender')}
        hint=${msg('The address services send from, with a name if you like.')}
        placeholder="Family Server <home@example.com>"
        required
        .value=${draft.from}
        error=${needed(draft.from)}
        @hearth-input=${set('from')}
      ></hearth-field>
      <hearth-field
        label=${msg('User name')}
        hint=${msg('Empty if the server asks for none.')}
        .value=${draft.username}
        @hearth-input=${set('username')}
      ></hearth-field>
      <hearth-field
        type="password"
        autocomplete="off"
        label=${msg('Password')}
        hint=${this.#keeps(server) ? msg('One is kept. Leave this empty to go on with it.') : ''}
        .value=${draft.password ?? ''}
        @hearth-input=${set('password')}
      ></hearth-field>
      <div class="row">
        <hearth-button type="submit" ?busy=${this.busy === 'save'}>${msg('Save')}</hearth-button>
        ${
          server === null
            ? nothing
            : html`<hearth-button variant="danger" @click=${() => (this.asking = true)}
              >${msg('Forget it')}</hearth-button
            >`
        }
      </div>
    </form>`;
  }

  #test(): unknown {
    return html`<form class="stack test" @submit=${this.#send} novalidate>
      <hearth-field
        type="email"
        label=${msg('Send a test message to')}
        hint=${msg('By what is saved.')}
        .value=${this.to}
        @hearth-input=${({ detail }: CustomEvent<string>) => (this.to = detail)}
      ></hearth-field>
      <div>
        <hearth-button type="submit" ?busy=${this.busy === 'test'}>${msg('Send it')}</hearth-button>
      </div>
    </form>`;
  }

  #draft(): Draft {
    const server = this.#smtp.value?.server ?? null;
    return this.draft ?? (server === null ? fresh : draftOf(server));
  }

  /** A password goes with its server and user. */
  #keeps(server: Server | null): boolean {
    const { host, port, username } = this.#draft();
    return (
      server?.hasPassword === true &&
      server.host === host &&
      String(server.port) === port &&
      server.username === username
    );
  }

  /** The port goes along, unless it is one of the owner's own. */
  readonly #secure = ({ detail }: CustomEvent<Draft['security']>): void => {
    const draft = this.#draft();
    const port = draft.port === usualPorts[draft.security] ? usualPorts[detail] : draft.port;
    this.draft = { ...draft, security: detail, port };
  };

  readonly #save = async (event: Event): Promise<void> => {
    event.preventDefault();
    this.checked = true;
    const { password, ...draft } = this.#draft();
    if (this.busy !== '' || !isPort(draft.port) || draft.host.trim() === '' || draft.from.trim() === '') return;
    // An empty field keeps what there is where there is something to keep.
    const told = password === null || password === '' ? {} : { password };
    await this.#do('save', msg('The mail server is saved'), () =>
      shell.rpc.call('server.set-smtp', {
        ...draft,
        ...told,
        host: draft.host.trim(),
        from: draft.from.trim(),
        port: Number(draft.port),
      }),
    );
    if (this.failure === null) {
      this.draft = null;
      this.checked = false;
    }
  };

  async #clear(): Promise<void> {
    await this.#do('clear', msg('The mail server is forgotten'), () => shell.rpc.call('server.clear-smtp', {}));
    this.asking = false;
    this.draft = null;
  }

  readonly #send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const to = this.to.trim();
    if (this.busy !== '' || to === '') return;
    await this.#do('test', msg(str`A message is on its way to ${to}`), () =>
      shell.rpc.call('server.test-smtp', { to }),
    );
  };

  async #do(what: 'save' | 'clear' | 'test', done: string, work: () => Promise<unknown>): Promise<void> {
    this.busy = what;
    this.failure = null;
    try {
      await work();
      shell.toasts.show('good', done);
    } catch (cause) {
      this.failure = callFailureWords(CallError.from(cause));
    }
    this.busy = '';
  }
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

define('hearth-system-mail', SystemMail);

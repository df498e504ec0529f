import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/field.ts';
import '../elements/new-password.ts';
import '../elements/notice.ts';
import type { NewPassword } from '../elements/new-password.ts';
import { define } from '../elements/element.ts';
import { CallError } from '../link/call-error.ts';
import { shell } from '../shell.ts';
import { base } from '../styles/base.ts';
import { callFailureWords, type Failure } from '../words/failures.ts';
import './threshold.ts';
import { Remote } from './remote.ts';
import { HearthView } from './view.ts';
import '../elements/trust-guide.ts';

/** First run: the code from the server's console, a name, a password; then how to trust its certificate. */
export class SetupView extends HearthView {
  static override properties = {
    code: { state: true },
    name: { state: true },
    password: { state: true },
    checked: { state: true },
    busy: { state: true },
    failure: { state: true },
    token: { state: true },
  };
  static override styles = [
    base,
    css`
      hearth-button[type='submit'] {
        display: block;
      }
    `,
  ];
  declare code: string;
  declare name: string;
  declare password: NewPassword;
  declare checked: boolean;
  declare busy: boolean;
  declare failure: Failure | null;
  /** Of the session that set-up began; the page goes in with it after the certificate has been explained. */
  declare token: string | null;
  readonly #status = new Remote(this, (signal) => shell.rpc.call('setup.status', {}, signal));

  constructor() {
    super();
    this.code = '';
    this.name = '';
    this.password = { password: '', valid: false };
    this.checked = false;
    this.busy = false;
    this.failure = null;
    this.token = null;
  }

  override render(): unknown {
    return this.token === null ? this.#form() : this.#trust();
  }

  #form(): unknown {
    const needsCode = this.#status.value?.codeRequired !== false;
    const missing = this.checked ? msg('This is needed.') : '';
    return html`<hearth-threshold
      heading=${msg('Welcome home')}
      text=${msg('A few things, and your own server is ready.')}
    >
      <form class="stack loose" @submit=${this.#submit} novalidate>
        ${
          this.failure === null
            ? nothing
            : html`<hearth-notice
              tone="bad"
              heading=${this.failure.text}
              text=${this.failure.more ?? ''}
            ></hearth-notice>`
        }
        ${
          needsCode
            ? html`<hearth-field
              label=${msg('One-time code')}
              hint=${msg('It was printed where you started Hearth, so that only you can set it up.')}
              .value=${this.code}
              error=${this.code === '' ? missing : ''}
              autocomplete="one-time-code"
              required
              @hearth-input=${(event: CustomEvent<string>) => (this.code = event.detail)}
            ></hearth-field>`
            : nothing
        }
        <hearth-field
          label=${msg('Name of your server')}
          hint=${msg('For example “Family Server”. You will find it on your network under this name.')}
          .value=${this.name}
          error=${this.name.trim() === '' ? missing : ''}
          required
          @hearth-input=${(event: CustomEvent<string>) => (this.name = event.detail)}
        ></hearth-field>
        <hearth-new-password
          label=${msg('Password')}
          ?checked=${this.checked}
          @hearth-password=${(event: CustomEvent<NewPassword>) => (this.password = event.detail)}
        ></hearth-new-password>
        <hearth-button type="submit" variant="primary" ?busy=${this.busy}>${msg('Set up my server')}</hearth-button>
      </form>
    </hearth-threshold>`;
  }

  #trust(): unknown {
    return html`<hearth-threshold
      wide
      heading=${msg('One more thing: the lock')}
      text=${msg(
        'Your server encrypts everything with a certificate it made itself, so no company stands in between. Tell each of your devices once that you trust it, and the warnings are gone.',
      )}
    >
      <div class="stack loose">
        <hearth-trust-guide></hearth-trust-guide>
        <div class="row end">
          <span class="small soft grow">${msg('You find this page again under System → Trust.')}</span>
          <hearth-button variant="primary" @click=${this.#enter}>${msg('Go to my services')}</hearth-button>
        </div>
      </div>
    </hearth-threshold>`;
  }

  readonly #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    this.checked = true;
    const codeMissing = this.#status.value?.codeRequired !== false && this.code.trim() === '';
    if (this.busy || codeMissing || this.name.trim() === '' || !this.password.valid) return;
    this.busy = true;
    this.failure = null;
    try {
      const { token } = await shell.rpc.call('setup.execute', {
        ...(this.code === '' ? {} : { code: this.code.trim() }),
        name: this.name.trim(),
        password: this.password.password,
      });
      this.token = token;
    } catch (cause) {
      this.failure = callFailureWords(CallError.from(cause));
    }
    this.busy = false;
  };

  readonly #enter = (): void => {
    if (this.token !== null) shell.enter(this.token);
    shell.router.go({ view: 'services' }, 'replace');
  };
}

define('hearth-setup-view', SetupView);

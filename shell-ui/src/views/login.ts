import { msg } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/field.ts';
import '../elements/notice.ts';
import { define } from '../elements/element.ts';
import { CallError } from '../link/call-error.ts';
import { shell } from '../shell.ts';
import { base } from '../styles/base.ts';
import { callFailureWords, type Failure } from '../words/failures.ts';
import './threshold.ts';
import { HearthView } from './view.ts';

export class LoginView extends HearthView {
  static override properties = { password: { state: true }, busy: { state: true }, failure: { state: true } };
  static override styles = [
    base,
    css`
      hearth-button {
        display: block;
      }
      p {
        text-align: center;
      }
    `,
  ];
  declare password: string;
  declare busy: boolean;
  declare failure: Failure | null;

  constructor() {
    super();
    this.password = '';
    this.busy = false;
    this.failure = null;
  }

  override render(): unknown {
    return html`<hearth-threshold heading=${msg('Welcome back')} text=${msg('Your server kept the fire going.')}>
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
        <hearth-field
          type="password"
          name="password"
          autocomplete="current-password"
          label=${msg('Password')}
          .value=${this.password}
          required
          @hearth-input=${(event: CustomEvent<string>) => (this.password = event.detail)}
        ></hearth-field>
        <hearth-button type="submit" variant="primary" ?busy=${this.busy}>${msg('Log in')}</hearth-button>
        <p class="small soft">
          ${msg('A warning about the certificate?')}
          <a href="/ca.crt" download="hearth-root-ca.crt">${msg('Download it and trust it')}</a>
        </p>
      </form>
    </hearth-threshold>`;
  }

  readonly #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.busy || this.password === '') return;
    this.busy = true;
    this.failure = null;
    try {
      const { token } = await shell.rpc.call('auth.login', { password: this.password });
      shell.enter(token);
    } catch (cause) {
      this.failure = callFailureWords(CallError.from(cause));
      this.password = '';
    }
    this.busy = false;
  };
}

define('hearth-login-view', LoginView);

import { msg, str } from '@lit/localize';
import { css, html } from 'lit';
import { base } from '../styles/base.ts';
import { passwordStrength, shortestPassword } from '../words/password.ts';
import { define, HearthElement } from './element.ts';
import './field.ts';

export interface NewPassword {
  readonly password: string;
  /** Long enough, and twice the same. */
  readonly valid: boolean;
}

/** A new password, twice, with words on how hard it is to guess. Emits `hearth-password`. */
export class HearthNewPassword extends HearthElement {
  static override properties = {
    label: {},
    password: { state: true },
    again: { state: true },
    checked: { type: Boolean },
  };
  static override styles = [
    base,
    css`
      .meter {
        display: grid;
        grid-template-columns: repeat(4, 1fr);
        gap: 0.3rem;
        margin-block-end: 0.35rem;
      }
      .meter i {
        block-size: 0.3rem;
        border-radius: 999px;
        background: var(--line);
      }
      .l1 i:nth-child(-n + 1) {
        background: var(--rose);
      }
      .l2 i:nth-child(-n + 2) {
        background: var(--gold);
      }
      .l3 i:nth-child(-n + 3),
      .l4 i {
        background: var(--sage);
      }
      .words {
        min-block-size: 1.4em;
      }
    `,
  ];
  declare label: string;
  declare password: string;
  declare again: string;
  /** Show what is wrong: the form was sent once. */
  declare checked: boolean;

  constructor() {
    super();
    this.label = '';
    this.password = '';
    this.again = '';
    this.checked = false;
  }

  override render(): unknown {
    const { level, text } = passwordStrength(this.password);
    const short = this.password.length < shortestPassword;
    return html`<div class="stack">
      <div>
        <hearth-field
          type="password"
          name="new-password"
          autocomplete="new-password"
          label=${this.label}
          .value=${this.password}
          error=${this.checked && short ? msg(str`Use ${shortestPassword} characters or more.`) : ''}
          required
          @hearth-input=${(event: CustomEvent<string>) => this.#change({ password: event.detail })}
        ></hearth-field>
      </div>
      <div>
        <div class="meter l${level}" aria-hidden="true"><i></i><i></i><i></i><i></i></div>
        <p class="words small soft" role="status">${text}</p>
      </div>
      <hearth-field
        type="password"
        name="new-password-again"
        autocomplete="new-password"
        label=${msg('Once more')}
        .value=${this.again}
        error=${this.checked && this.again !== this.password ? msg('The two are not the same.') : ''}
        required
        @hearth-input=${(event: CustomEvent<string>) => this.#change({ again: event.detail })}
      ></hearth-field>
    </div>`;
  }

  #change(part: { password?: string; again?: string }): void {
    this.password = part.password ?? this.password;
    this.again = part.again ?? this.again;
    const valid = this.password.length >= shortestPassword && this.password === this.again;
    this.tell<NewPassword>('hearth-password', { password: this.password, valid });
  }
}

define('hearth-new-password', HearthNewPassword);

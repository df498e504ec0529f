import { msg } from '@lit/localize';
import { html } from 'lit';
import '../elements/button.ts';
import '../elements/empty.ts';
import { define } from '../elements/element.ts';
import { base } from '../styles/base.ts';
import { HearthView } from './view.ts';

export class UnknownView extends HearthView {
  static override styles = [base];

  override render(): unknown {
    return html`<hearth-empty
      whole
      icon="search"
      heading=${msg('There is no such page')}
      text=${msg('The address may be old, or mistyped.')}
    >
      <hearth-button variant="primary" href="/services">${msg('Go to my services')}</hearth-button>
    </hearth-empty>`;
  }
}

define('hearth-unknown-view', UnknownView);

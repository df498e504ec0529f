import { msg } from '@lit/localize';
import { css, html } from 'lit';
import '../../elements/tabs.ts';
import { define } from '../../elements/element.ts';
import { pathTo, type SystemTab, systemTabs } from '../../router.ts';
import { base } from '../../styles/base.ts';
import { HearthView } from '../view.ts';
import './general.ts';
import './health.ts';
import './security.ts';
import './trust.ts';
import '../plugins/plugins.ts';

/** The box itself. */
export class SystemView extends HearthView {
  static override properties = { tab: {} };
  static override styles = [
    base,
    css`
      h1 {
        margin-block-end: 1.25rem;
      }
      hearth-tabs {
        margin-block-end: 1.6rem;
      }
    `,
  ];
  declare tab: SystemTab;

  constructor() {
    super();
    this.tab = 'general';
  }

  override render(): unknown {
    const words: Record<SystemTab, string> = {
      general: msg('General'),
      trust: msg('Trust'),
      security: msg('Security'),
      health: msg('Health'),
      plugins: msg('Plugins'),
    };
    const links = systemTabs.map((tab) => ({
      href: pathTo({ view: 'system', tab }),
      text: words[tab],
      current: tab === this.tab,
    }));
    return html`<h1 tabindex="-1">${msg('System')}</h1>
      <hearth-tabs label=${msg('Parts of the system')} .links=${links}></hearth-tabs>
      ${this.#part()}`;
  }

  #part(): unknown {
    switch (this.tab) {
      case 'general':
        return html`<hearth-system-general></hearth-system-general>`;
      case 'trust':
        return html`<hearth-system-trust></hearth-system-trust>`;
      case 'security':
        return html`<hearth-system-security></hearth-system-security>`;
      case 'health':
        return html`<hearth-system-health></hearth-system-health>`;
      case 'plugins':
        return html`<hearth-plugins></hearth-plugins>`;
    }
  }
}

define('hearth-system-view', SystemView);

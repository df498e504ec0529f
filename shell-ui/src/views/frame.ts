import { msg } from '@lit/localize';
import { html, nothing } from 'lit';
import '../elements/icon.ts';
import { define } from '../elements/element.ts';
import type { FeedState } from '../link/feed.ts';
import type { Route } from '../router.ts';
import { shell } from '../shell.ts';
import { base } from '../styles/base.ts';
import { frameStyles } from './frame-styles.ts';
import { HearthView } from './view.ts';

interface Place {
  readonly href: string;
  readonly icon: string;
  readonly text: string;
  readonly views: readonly Route['view'][];
  readonly count?: number;
}

/** The house around a view: where one can go, who is asking for attention, and whether the line is up. */
export class HearthFrame extends HearthView {
  static override properties = { route: { attribute: false }, feed: {} };
  static override styles = [base, frameStyles];
  declare route: Route;
  declare feed: FeedState;
  readonly #server = this.select(({ server }) => server);
  readonly #unseen = this.select(
    ({ notifications }) => Object.values(notifications?.items ?? {}).filter(({ seen }) => !seen).length,
  );

  constructor() {
    super();
    this.route = { view: 'services' };
    this.feed = 'off';
  }

  /** Puts the reader at the top of the new page. */
  focusMain(): void {
    this.renderRoot.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  }

  override render(): unknown {
    const places = this.#places();
    return html`<header>
        <button class="skip" type="button" @click=${() => this.focusMain()}>${msg('Skip to content')}</button>
        <a class="brand" href="/services" aria-label=${msg('Hearth, to my services')}>
          <img src="/favicon.svg" alt="" /><span>Hearth</span>
        </a>
        <nav aria-label=${msg('Main')}>${places.map((place) => this.#link(place))}</nav>
        <div class="foot">
          <span class="server">
            <span class="lamp ${this.feed}"></span>
            ${this.#server.value?.name ?? ''}
          </span>
          <button type="button" @click=${this.#logOut} title=${msg('Log out')}>
            <hearth-icon name="log-out"></hearth-icon><span>${msg('Log out')}</span>
          </button>
        </div>
      </header>
      <div class="content">
        ${
          this.feed === 'waiting'
            ? html`<div class="banner" role="status">
              <hearth-icon name="wifi-off"></hearth-icon>${msg('The line to your server is down. Reconnecting…')}
            </div>`
            : nothing
        }
        <main id="main" tabindex="-1"><slot></slot></main>
      </div>`;
  }

  #places(): readonly Place[] {
    return [
      { href: '/services', icon: 'house', text: msg('Services'), views: ['services', 'service'] },
      { href: '/marketplace', icon: 'store', text: msg('Marketplace'), views: ['marketplace', 'package'] },
      { href: '/backups', icon: 'archive', text: msg('Backups'), views: ['backups'] },
      {
        href: '/notifications',
        icon: 'bell',
        text: msg('Notifications'),
        views: ['notifications'],
        count: this.#unseen.value,
      },
      { href: '/system', icon: 'settings', text: msg('System'), views: ['system', 'plugin'] },
    ];
  }

  #link({ href, icon, text, views, count = 0 }: Place): unknown {
    const current = views.includes(this.route.view);
    return html`<a href=${href} aria-current=${current ? 'page' : nothing}>
      <hearth-icon name=${icon}></hearth-icon>
      <span class="text">${text}</span>
      ${
        count === 0
          ? nothing
          : html`<span class="count"
            >${count > 99 ? '99+' : count}<span class="hidden-visually"> ${msg('not seen yet')}</span></span
          >`
      }
    </a>`;
  }

  readonly #logOut = async (): Promise<void> => {
    await shell.rpc.call('auth.logout', {}).catch(() => null);
    shell.leave();
  };
}

define('hearth-frame', HearthFrame);

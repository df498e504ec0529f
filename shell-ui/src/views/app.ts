import type { JobRow } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html } from 'lit';
import '../elements/button.ts';
import '../elements/empty.ts';
import '../elements/toasts.ts';
import { define } from '../elements/element.ts';
import type { Route } from '../router.ts';
import { shell } from '../shell.ts';
import { watchJobs } from '../state/job-news.ts';
import { base } from '../styles/base.ts';
import { failureWords } from '../words/failures.ts';
import { HearthView } from './view.ts';
import './backups.ts';
import type { HearthFrame } from './frame.ts';
import './frame.ts';
import './login.ts';
import './marketplace.ts';
import './notifications.ts';
import './package.ts';
import './plugins/plugin.ts';
import './service/service.ts';
import './rescue/distress.ts';
import './services.ts';
import './setup.ts';
import './system/system.ts';
import './threshold.ts';
import './unknown.ts';

/** The whole page: set-up, login, or the house with the view of the address. */
export class HearthApp extends HearthView {
  static override styles = [
    base,
    css`
      .still {
        min-block-size: 100dvh;
      }
    `,
  ];
  readonly #server = this.select(({ server }) => server?.name ?? '');

  #undo: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    shell.addEventListener('change', this.#changed);
    shell.toasts.addEventListener('change', this.#changed);
    shell.router.addEventListener('change', this.#moved);
    this.#undo = watchJobs(shell.replica, tellJob);
    shell.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    shell.removeEventListener('change', this.#changed);
    shell.toasts.removeEventListener('change', this.#changed);
    shell.router.removeEventListener('change', this.#moved);
    this.#undo?.();
  }

  override render(): unknown {
    return html`${this.#door()}
      <hearth-toasts
        .items=${shell.toasts.items}
        @hearth-dismiss=${(event: CustomEvent<number>) => shell.toasts.close(event.detail)}
      ></hearth-toasts>`;
  }

  override updated(): void {
    const part = shell.door === 'inside' ? titleOf(shell.router.route) : '';
    const name = this.#server.value === '' ? 'Hearth' : this.#server.value;
    document.title = part === '' ? name : `${part} · ${name}`;
  }

  #door(): unknown {
    switch (shell.door) {
      case 'unknown':
        return html`<div class="still" aria-busy="true"></div>`;
      case 'setup':
        return html`<hearth-setup-view></hearth-setup-view>`;
      case 'login':
        return html`<hearth-login-view></hearth-login-view>`;
      case 'distress':
        return html`<hearth-distress-view></hearth-distress-view>`;
      case 'unreachable':
        return html`<hearth-threshold
          heading=${msg('Nobody answers')}
          text=${msg('Your server does not answer. Check that it is switched on and that you are on the same network.')}
        >
          <hearth-button variant="primary" icon="refresh-cw" @click=${() => shell.knock()}
            >${msg('Try again')}</hearth-button
          >
        </hearth-threshold>`;
      case 'inside':
        return html`<hearth-frame .route=${shell.router.route} feed=${shell.feedState}>${view(shell.router.route)}</hearth-frame>`;
    }
  }

  readonly #changed = (): void => this.requestUpdate();

  /** A new page begins at its heading, for those who hear the page. */
  readonly #moved = (): void => {
    this.requestUpdate();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HearthFrame>('hearth-frame')?.focusMain());
  };
}

function tellJob({ state, title, error }: JobRow): void {
  if (state === 'succeeded') shell.toasts.show('good', msg(str`${title}: done`));
  if (state === 'cancelled') shell.toasts.show('info', msg(str`${title}: cancelled`));
  if (state !== 'failed') return;
  const words = error === null ? null : failureWords(error);
  shell.toasts.show(
    'bad',
    msg(str`${title}: failed`),
    words === null ? null : `${words.text} ${words.more ?? ''}`.trim(),
  );
}

function view(route: Route): unknown {
  switch (route.view) {
    case 'services':
      return html`<hearth-services-view></hearth-services-view>`;
    case 'service':
      return html`<hearth-service-view service=${route.service} tab=${route.tab}></hearth-service-view>`;
    case 'marketplace':
      return html`<hearth-marketplace-view></hearth-marketplace-view>`;
    case 'package':
      return html`<hearth-package-view package=${route.package}></hearth-package-view>`;
    case 'backups':
      return html`<hearth-backups-view></hearth-backups-view>`;
    case 'notifications':
      return html`<hearth-notifications-view></hearth-notifications-view>`;
    case 'system':
      return html`<hearth-system-view tab=${route.tab}></hearth-system-view>`;
    case 'plugin':
      return html`<hearth-plugin-view plugin=${route.plugin}></hearth-plugin-view>`;
    case 'unknown':
      return html`<hearth-unknown-view></hearth-unknown-view>`;
  }
}

export function titleOf(route: Route): string {
  const { services, plugins } = shell.replica.value;
  switch (route.view) {
    case 'service':
      return services?.[route.service]?.manifest.title ?? route.service;
    case 'plugin':
      return plugins?.[route.plugin]?.title ?? route.plugin;
    case 'package':
      return route.package;
    case 'unknown':
      return '';
    default:
      return placeWords(route.view);
  }
}

function placeWords(view: 'services' | 'marketplace' | 'backups' | 'notifications' | 'system'): string {
  const words: Record<typeof view, string> = {
    services: msg('Services'),
    marketplace: msg('Marketplace'),
    backups: msg('Backups'),
    notifications: msg('Notifications'),
    system: msg('System'),
  };
  return words[view];
}

define('hearth-app', HearthApp);

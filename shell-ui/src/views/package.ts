import type { ServicePlan } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/choices.ts';
import '../elements/confirm.ts';
import '../elements/copy.ts';
import '../elements/empty.ts';
import '../elements/notice.ts';
import { worthALook } from '../elements/plan.ts';
import '../elements/progress.ts';
import '../elements/service-icon.ts';
import '../elements/skeleton.ts';
import { define } from '../elements/element.ts';
import { CallError } from '../link/call-error.ts';
import type { MarketPackage, MarketVersion } from '../link/methods.ts';
import { shell } from '../shell.ts';
import { lastFailure } from '../state/job-news.ts';
import { base } from '../styles/base.ts';
import { language } from '../words/locale.ts';
import { callFailureWords, failureWords } from '../words/failures.ts';
import { bytes } from '../words/numbers.ts';
import { isOver } from '../words/service-words.ts';
import './plan-dialog.ts';
import { Remote } from './remote.ts';
import { link } from './service/about.ts';
import { packageStyles } from './package-styles.ts';
import { HearthView } from './view.ts';

/** One package: what it is, who publishes it, its versions; installs and updates it. */
export class PackageView extends HearthView {
  static override properties = {
    package: {},
    version: { state: true },
    busy: { state: true },
    stranger: { state: true },
    plan: { state: true },
  };
  static override styles = [base, packageStyles];
  declare package: string;
  /** Empty: the newest. */
  declare version: string;
  declare busy: boolean;
  /** A key other than the one that signed what is installed: the owner must take it knowingly. */
  declare stranger: string | null;
  /** What the owner is asked about. */
  declare plan: ServicePlan | null;
  readonly #row = this.select(({ services }) => services?.[this.package]);
  readonly #job = this.select(({ jobs }) =>
    Object.values(jobs ?? {}).find((job) => job.service === this.package && !isOver(job)),
  );
  readonly #progress = this.select(({ jobProgress }) => jobProgress?.[this.#job.value?.id ?? '']);
  readonly #failure = this.select(({ jobs }) => lastFailure(jobs, this.package));
  readonly #market = new Remote(this, (signal) => shell.rpc.call('marketplace.list', { locale: language() }, signal));

  constructor() {
    super();
    this.package = '';
    this.version = '';
    this.busy = false;
    this.stranger = null;
    this.plan = null;
  }

  override render(): unknown {
    return html`<a class="back" href="/marketplace"
        ><hearth-icon name="arrow-left"></hearth-icon>${msg('Marketplace')}</a
      >
      ${this.#content()}`;
  }

  #content(): unknown {
    const { value, error } = this.#market;
    if (error !== null) {
      const { text, more } = callFailureWords(error);
      return html`<hearth-notice tone="bad" heading=${text} text=${more ?? ''}></hearth-notice>`;
    }
    if (value === null) return html`<hearth-skeleton></hearth-skeleton>`;
    const found = value.packages.find(({ id }) => id === this.package);
    const chosen = found?.versions.find(({ version }) => version === this.version) ?? found?.versions[0];
    if (found === undefined || chosen === undefined) {
      return html`<hearth-empty
        icon="package"
        heading=${msg('Not in the marketplace')}
        text=${msg(str`None of your registries offers “${this.package}”.`)}
      ></hearth-empty>`;
    }
    return this.#page(found, chosen);
  }

  #page(one: MarketPackage, chosen: MarketVersion): unknown {
    const job = this.#job.value;
    return html`<header>
        <hearth-service-icon src=${one.icon ?? ''} name=${one.title}></hearth-service-icon>
        <div class="stack tight">
          <h1 tabindex="-1">${one.title}</h1>
          <p class="lead">${one.short}</p>
        </div>
        <div class="actions row end">${job === undefined ? this.#buttons(one, chosen) : nothing}</div>
      </header>
      <div class="sides">
        ${
          job === undefined
            ? nothing
            : html`<section class="card wide">
              <hearth-progress
                .job=${job}
                .progress=${this.#progress.value}
                @hearth-cancel=${(event: CustomEvent<string>) =>
                  this.act(() => shell.rpc.call('job.cancel', { job: event.detail }), msg('Cancelling'))}
              ></hearth-progress>
            </section>`
        }
        <div class="stack">
          ${this.#lastFailure()}
          ${
            one.recipe && this.#row.value === undefined
              ? html`<hearth-notice
                tone="info"
                heading=${msg('Built on this machine at first install')}
                text=${msg(
                  'There is no ready-made package yet: Hearth makes it from its recipe and Debian’s own packages. That takes some minutes, once.',
                )}
              ></hearth-notice>`
              : nothing
          }
          <section class="card">
            <h2>${msg('What it is')}</h2>
            <p class="text">${one.long}</p>
          </section>
          ${
            chosen.releaseNotes === ''
              ? nothing
              : html`<section class="card">
                <h2>${msg(str`New in ${chosen.version}`)}</h2>
                <p class="text">${chosen.releaseNotes}</p>
              </section>`
          }
          ${this.#dependencies(one)}
        </div>
        ${this.#facts(one, chosen)}
      </div>
      ${this.#strangerQuestion(one, chosen)} <hearth-plan-dialog
        .plan=${this.plan}
        ?busy=${this.busy}
        @hearth-close=${() => (this.plan = null)}
        @hearth-confirm=${() => this.#install(one, chosen, null, this.plan?.id ?? null)}
      ></hearth-plan-dialog>`;
  }

  #buttons(one: MarketPackage, chosen: MarketVersion): unknown {
    const row = this.#row.value;
    const install = (text: string): unknown =>
      html`<hearth-button variant="primary" icon="download" ?busy=${this.busy} @click=${() => this.#look(one, chosen)}
        >${text}</hearth-button
      >`;
    if (row === undefined) return install(msg('Install'));
    const view = html`<hearth-button href=${`/services/${one.id}`}>${msg('Go to service')}</hearth-button>`;
    return row.manifest.version === chosen.version
      ? view
      : html`${view}${install(msg(str`Change to ${chosen.version}`))}`;
  }

  #lastFailure(): unknown {
    const failed = this.#failure.value;
    if (failed === undefined || failed.error === null) return nothing;
    const { text, more } = failureWords(failed.error);
    return html`<hearth-notice tone="bad" heading=${msg(str`${failed.title}: failed`)} text=${text}>
      ${more === null ? nothing : html`<p>${more}</p>`}
    </hearth-notice>`;
  }

  #dependencies(one: MarketPackage): unknown {
    if (one.dependencies.length === 0) return nothing;
    return html`<section class="card">
      <h2>${msg('Works with')}</h2>
      <ul>
        ${one.dependencies.map(
          ({ id, optional, description }) => html`<li>
            <a href=${`/marketplace/${id}`}>${id}</a> (${optional ? msg('optional') : msg('needed')})
            <span class="soft">${description}</span>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  #facts(one: MarketPackage, chosen: MarketVersion): unknown {
    return html`<section class="card stack">
      ${
        one.versions.length > 1
          ? html`<hearth-select
            label=${msg('Version')}
            .value=${chosen.version}
            .choices=${one.versions.map(({ version }, at) => ({
              value: version,
              text: at === 0 ? `${version} (${msg('newest')})` : version,
            }))}
            @hearth-input=${(event: CustomEvent<string>) => (this.version = event.detail)}
          ></hearth-select>`
          : nothing
      }
      <dl class="facts">
        ${
          one.versions.length > 1
            ? nothing
            : html`<dt>${msg('Version')}</dt>
              <dd>${chosen.version}</dd>`
        }
        <dt>${msg('Size')}</dt>
        <dd>${chosen.size === null ? msg('known once it is built') : bytes(chosen.size)}</dd>
        <dt>${msg('Licence')}</dt>
        <dd>${one.license}</dd>
        <dt>${msg('Registry')}</dt>
        <dd>${one.registryName}</dd>
        <dt>${msg('Publisher’s key')}</dt>
        <dd>
          ${
            chosen.signer === null
              ? msg('this machine’s own key')
              : html`<span class="code small">${chosen.signer}</span>
                <hearth-copy value=${chosen.signer} label=${msg('Copy the publisher’s key')}></hearth-copy>`
          }
        </dd>
        ${link(msg('Website'), one.marketingUrl)} ${link(msg('Source of the service'), one.upstreamRepo)}
        ${link(msg('Source of the package'), one.packageRepo)}
      </dl>
    </section>`;
  }

  #strangerQuestion(one: MarketPackage, chosen: MarketVersion): unknown {
    return html`<hearth-confirm
      heading=${msg('Signed by somebody else')}
      action=${msg('Trust this key from now on')}
      word=${one.id}
      danger
      ?open=${this.stranger !== null}
      ?busy=${this.busy}
      @hearth-confirm=${() => this.#install(one, chosen, this.stranger)}
      @hearth-close=${() => (this.stranger = null)}
    >
      <hearth-notice
        tone="warn"
        heading=${msg('This update is not from the publisher you installed from')}
        text=${msg('It may be an attack. Go on only if the publisher has told you of a new key, and this is the one:')}
      >
        <p class="code small">${this.stranger ?? ''}</p>
      </hearth-notice>
    </hearth-confirm>`;
  }

  /** Shows what it would do, if the owner should know that first. */
  async #look(one: MarketPackage, chosen: MarketVersion): Promise<void> {
    this.busy = true;
    const asked = { id: one.id, version: chosen.version, registry: one.registry };
    // Where nothing can be shown beforehand, the installation itself says why, or works.
    const plan = await shell.rpc.call('marketplace.plan', asked).catch(() => null);
    this.busy = false;
    const stranger = plan?.refusals.some(({ code }) => code === 'marketplace.signerChanged') === true;
    if (plan !== null && !stranger && worthALook(plan)) this.plan = plan;
    else await this.#install(one, chosen, null);
  }

  async #install(
    one: MarketPackage,
    chosen: MarketVersion,
    acceptSigner: string | null,
    planned: string | null = null,
  ): Promise<void> {
    this.busy = true;
    this.plan = null;
    await this.act(async () => {
      const asked = { id: one.id, version: chosen.version, registry: one.registry };
      const input = planned === null ? asked : { ...asked, plan: planned };
      try {
        await shell.rpc.call('package.install', acceptSigner === null ? input : { ...input, acceptSigner });
        this.stranger = null;
        shell.toasts.show('good', msg(str`${one.title} is being installed`));
      } catch (cause) {
        const offered = offeredSigner(cause);
        if (offered === null) throw cause;
        this.stranger = offered;
      }
    });
    this.busy = false;
  }
}

/** The key of a package that was refused because another one is known; null for any other failure. */
function offeredSigner(cause: unknown): string | null {
  if (!(cause instanceof CallError) || cause.code !== 'marketplace.signerChanged') return null;
  const { offered } = cause.data;
  return Array.isArray(offered) && typeof offered[0] === 'string' ? offered[0] : null;
}

define('hearth-package-view', PackageView);

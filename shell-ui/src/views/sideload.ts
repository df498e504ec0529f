import type { ServicePlan } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../elements/button.ts';
import '../elements/dialog.ts';
import '../elements/file-picker.ts';
import '../elements/notice.ts';
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js';
import { define } from '../elements/element.ts';
import { worthALook } from '../elements/plan.ts';
import { upload } from '../link/upload.ts';
import { shell } from '../shell.ts';
import { base } from '../styles/base.ts';
import { bytes } from '../words/numbers.ts';
import './plan-dialog.ts';
import { HearthView } from './view.ts';

/** Installs a package from a file. */
export class Sideload extends HearthView {
  static override properties = {
    open: { state: true },
    file: { state: true },
    share: { state: true },
    busy: { state: true },
    plan: { state: true },
  };
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      wa-progress-bar {
        --track-height: 0.5rem;
      }
    `,
  ];
  declare open: boolean;
  declare file: File | null;
  /** Of the upload, in per cent. */
  declare share: number;
  declare busy: boolean;
  /** What the file would do, where the owner should know that first. */
  declare plan: ServicePlan | null;
  /** What the server calls the file it was sent. */
  #upload = '';

  constructor() {
    super();
    this.plan = null;
    this.open = false;
    this.file = null;
    this.share = 0;
    this.busy = false;
  }

  override render(): unknown {
    return html`<hearth-button icon="upload" @click=${() => (this.open = true)}>${msg('Install from a file')}</hearth-button>
      <hearth-dialog
        heading=${msg('Install from a file')}
        ?open=${this.open}
        @hearth-close=${() => (this.open = false)}
      >
        <div class="stack">
          <p class="soft">
            ${msg('An S9PK file, made for Hearth or for StartOS. Its signature and every file in it are checked first.')}
          </p>
          <hearth-notice
            tone="warn"
            text=${msg('No registry vouches for a file. Install only what comes from somebody you trust.')}
          ></hearth-notice>
          <hearth-file-picker
            label=${msg('Package file')}
            accept=".s9pk"
            ?disabled=${this.busy}
            @hearth-file=${(event: CustomEvent<File>) => (this.file = event.detail)}
          ></hearth-file-picker>
          ${
            this.busy
              ? html`<wa-progress-bar value=${this.share} label=${msg('Uploading')}></wa-progress-bar>`
              : this.file === null
                ? nothing
                : html`<p class="small soft">${this.file.name}, ${bytes(this.file.size)}</p>`
          }
        </div>
        <hearth-button slot="footer" @click=${() => (this.open = false)}>${msg('Not now')}</hearth-button>
        <hearth-button
          slot="footer"
          variant="primary"
          ?disabled=${this.file === null}
          ?busy=${this.busy}
          @click=${this.#send}
          >${msg('Install')}</hearth-button
        >
      </hearth-dialog>
      <hearth-plan-dialog
        .plan=${this.plan}
        ?busy=${this.busy}
        @hearth-close=${() => (this.plan = null)}
        @hearth-confirm=${() => this.#install(this.plan)}
      ></hearth-plan-dialog>`;
  }

  readonly #send = async (): Promise<void> => {
    const { file } = this;
    if (file === null) return;
    this.busy = true;
    this.share = 0;
    const sent = await this.act(async () => {
      this.#upload = await upload(file, shell.session, (done, total) => {
        this.share = total === 0 ? 0 : Math.round((done / total) * 100);
      });
    });
    // Where nothing can be shown beforehand, the installation itself says why, or works.
    const asked = { action: 'sideload', upload: this.#upload } as const;
    const plan = sent ? await shell.rpc.call('package.plan', asked).catch(() => null) : null;
    this.busy = false;
    if (!sent) return;
    if (plan === null || !worthALook(plan)) return this.#install(plan);
    this.open = false;
    this.plan = plan;
  };

  async #install(plan: ServicePlan | null): Promise<void> {
    this.busy = true;
    const asked = plan === null ? { upload: this.#upload } : { upload: this.#upload, plan: plan.id };
    const begun = await this.act(
      () => shell.rpc.call('package.sideload', asked),
      msg(str`${plan?.title ?? this.file?.name ?? ''} is being installed`),
    );
    this.busy = false;
    this.plan = null;
    if (!begun) return;
    this.open = false;
    this.file = null;
    shell.router.go({ view: 'services' });
  }
}

define('hearth-sideload', Sideload);

import { msg, str } from '@lit/localize';
import { css, html, nothing } from 'lit';
import '../../elements/button.ts';
import '../../elements/dialog.ts';
import '../../elements/file-picker.ts';
import '../../elements/notice.ts';
import './capability-list.ts';
import { define } from '../../elements/element.ts';
import type { PluginInspection } from '../../link/methods.ts';
import { upload } from '../../link/upload.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { HearthView } from '../view.ts';

/** Installs or updates a plugin from a file: first what it is and asks for, then, if the owner agrees, the rest. */
export class InstallPlugin extends HearthView {
  static override properties = {
    open: { state: true },
    found: { state: true },
    chosen: { state: true },
    busy: { state: true },
  };
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
    `,
  ];
  declare open: boolean;
  declare found: { readonly upload: string; readonly plugin: PluginInspection } | null;
  declare chosen: readonly string[];
  declare busy: boolean;

  constructor() {
    super();
    this.open = false;
    this.found = null;
    this.chosen = [];
    this.busy = false;
  }

  override render(): unknown {
    const plugin = this.found?.plugin ?? null;
    const heading = plugin === null ? msg('Add a plugin') : headingOf(plugin);
    return html`<hearth-button icon="upload" @click=${this.#show}>${msg('Add or update a plugin')}</hearth-button>
      <hearth-dialog heading=${heading} ?open=${this.open} @hearth-close=${() => (this.open = false)}>
        <div class="stack">${plugin === null ? this.#pickFile() : this.#agree(plugin)}</div>
        <hearth-button slot="footer" @click=${() => (this.open = false)}>${msg('Not now')}</hearth-button>
        ${
          plugin === null
            ? nothing
            : html`<hearth-button
              slot="footer"
              variant="primary"
              ?disabled=${plugin.refusal !== null}
              ?busy=${this.busy}
              @click=${this.#install}
              >${plugin.from === null ? msg('Allow and install') : msg('Allow and update')}</hearth-button
            >`
        }
      </hearth-dialog>`;
  }

  #pickFile(): unknown {
    return html`<p class="soft">
        ${msg('A file from the author of the plugin. You see what it asks for before anything of it runs.')}
      </p>
      <hearth-file-picker
        label=${msg('Plugin file')}
        ?disabled=${this.busy}
        @hearth-file=${this.#look}
      ></hearth-file-picker>`;
  }

  #agree(plugin: PluginInspection): unknown {
    const { about, author, signer, changes, refusal } = plugin;
    return html`<p>${about}</p>
      <p class="small soft">
        ${author === null ? msg('No author is named.') : msg(str`By ${author}.`)}
        ${msg('Signed with key')} <code>${signer.slice(0, 16)}…</code>
      </p>
      ${
        refusal === null
          ? html`<h3>${msg('It asks to')}</h3>
            <hearth-capability-list
              .changes=${changes}
              .chosen=${this.chosen}
              @hearth-choose=${(event: CustomEvent<readonly string[]>) => (this.chosen = event.detail)}
            ></hearth-capability-list>`
          : html`<hearth-notice tone="bad" text=${refusal.message}></hearth-notice>`
      }`;
  }

  readonly #show = (): void => {
    this.found = null;
    this.chosen = [];
    this.open = true;
  };

  readonly #look = async ({ detail: file }: CustomEvent<File>): Promise<void> => {
    this.busy = true;
    await this.act(async () => {
      const name = await upload(file, shell.session, () => undefined);
      this.found = { upload: name, plugin: await shell.rpc.call('plugin.inspect', { upload: name }) };
    });
    this.busy = false;
  };

  readonly #install = async (): Promise<void> => {
    const { found } = this;
    if (found === null) return;
    this.busy = true;
    const { changes, rootSighash, title } = found.plugin;
    const needed = changes.filter(({ needsGrant, optional }) => needsGrant && !optional);
    const grant = [...needed.map(({ capability }) => capability), ...this.chosen];
    const done = await this.act(
      () => shell.rpc.call('plugin.install', { upload: found.upload, expect: rootSighash, grant }),
      msg(str`${title} is installed`),
    );
    this.busy = false;
    if (done) this.open = false;
  };
}

function headingOf({ title, from, version }: PluginInspection): string {
  return from === null ? `${title} ${version}` : `${title}: ${from} → ${version}`;
}

define('hearth-install-plugin', InstallPlugin);

/**
 * The frame of a plugin's page. The page has an origin of its own: no cookie, no token, no word of this page reaches it.
 * It gets one end of a channel, on which it may call commands of its own plugin, on behalf of whoever looks at it, and is
 * told its plugin's state. What comes is checked here and again by the server.
 */
import { msg, str } from '@lit/localize';
import { css, html } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { define } from '../../elements/element.ts';
import { CallError } from '../../link/call-error.ts';
import { shell } from '../../shell.ts';
import { base } from '../../styles/base.ts';
import { HearthView } from '../view.ts';
import { readPanelMessage } from './panel-message.ts';

/** Calls of a page at the same time; more are refused. */
const mostCalls = 16;
const heights = { least: 80, most: 4000 };

export class PanelHost extends HearthView {
  static override properties = { plugin: {}, file: {}, name: {}, version: {}, height: { state: true } };
  static override styles = [
    base,
    css`
      iframe {
        display: block;
        inline-size: 100%;
        border: 0;
        background: transparent;
      }
    `,
  ];
  declare plugin: string;
  /** As the manifest has it: `panel/index.html`. */
  declare file: string;
  declare name: string;
  /** Another version is another page. */
  declare version: string;
  declare height: number;
  readonly #frame = createRef<HTMLIFrameElement>();
  readonly #state = this.select(({ pluginState }) => pluginState?.[this.plugin]);
  #port: MessagePort | null = null;
  #told: unknown;
  #calls = 0;

  constructor() {
    super();
    this.plugin = '';
    this.file = '';
    this.name = '';
    this.version = '';
    this.height = 200;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('message', this.#hello);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('message', this.#hello);
    this.#port?.close();
    this.#port = null;
  }

  override render(): unknown {
    return html`<iframe
      ${ref(this.#frame)}
      sandbox="allow-scripts"
      referrerpolicy="no-referrer"
      title=${msg(str`Page of ${this.name}`)}
      height=${this.height}
      src="/panel/${this.plugin}/${this.file}?${this.version}"
    ></iframe>`;
  }

  override updated(): void {
    const state = this.#state.value;
    if (this.#port === null || Object.is(state, this.#told)) return;
    this.#told = state;
    this.#port.postMessage({ state });
  }

  /** Only our own frame; its origin says nothing, as every closed frame has the same. */
  readonly #hello = ({ source, data }: MessageEvent<unknown>): void => {
    const inside = this.#frame.value?.contentWindow;
    if (inside === null || inside === undefined || source !== inside) return;
    if (typeof data !== 'object' || data === null || (data as { hearth?: unknown }).hearth !== 'hello') return;
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = (event: MessageEvent<unknown>) => this.#take(event.data, port1);
    this.#told = this.#state.value;
    const theme = document.documentElement.classList.contains('wa-dark') ? 'dark' : 'light';
    inside.postMessage({ hearth: 'port', theme, state: this.#told }, '*', [port2]);
  };

  #take(data: unknown, port: MessagePort): void {
    const message = readPanelMessage(data);
    if (message === null) return;
    if ('height' in message) {
      this.height = Math.min(heights.most, Math.max(heights.least, Math.ceil(message.height)));
      return;
    }
    if (this.#calls >= mostCalls) {
      port.postMessage({ id: message.id, error: { code: 'panel.busy', message: 'Too many calls at the same time' } });
      return;
    }
    this.#calls += 1;
    void this.#call(message, port).finally(() => (this.#calls -= 1));
  }

  async #call({ id, call, input }: { id: number; call: string; input: object }, port: MessagePort): Promise<void> {
    try {
      port.postMessage({ id, value: await shell.rpc.callPlugin(this.plugin, call, input) });
    } catch (cause) {
      const { code, message } = CallError.from(cause);
      port.postMessage({ id, error: { code, message } });
    }
  }
}

define('hearth-panel-host', PanelHost);

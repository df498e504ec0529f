import { html } from 'lit';
import { css } from 'lit';
import { ago, lasted, moment } from '../words/numbers.ts';
import { define, HearthElement } from './element.ts';

const refreshMs = 30_000;

/** A moment, as how long ago it was, or how long it has lasted since; the exact one on hover and for machines. */
export class HearthTime extends HearthElement {
  static override properties = { at: { type: Number }, lasting: { type: Boolean } };
  static override styles = css`
    :host {
      display: inline;
    }
  `;
  declare at: number;
  declare lasting: boolean;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.at = 0;
    this.lasting = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.requestUpdate(), refreshMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render(): unknown {
    return html`<time datetime=${new Date(this.at).toISOString()} title=${moment(this.at)}
      >${this.lasting ? lasted(Date.now() - this.at) : ago(this.at, Date.now())}</time
    >`;
  }
}

define('hearth-time', HearthTime);

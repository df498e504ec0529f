import { html } from 'lit';
import { css } from 'lit';
import { ago, moment } from '../words/numbers.ts';
import { define, HearthElement } from './element.ts';

const refreshMs = 30_000;

/** A moment, as how long ago it was; the exact one on hover and for machines. */
export class HearthTime extends HearthElement {
  static override properties = { at: { type: Number } };
  static override styles = css`
    :host {
      display: inline;
    }
  `;
  declare at: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.at = 0;
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
      >${ago(this.at, Date.now())}</time
    >`;
  }
}

define('hearth-time', HearthTime);

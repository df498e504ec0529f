import { css, html, svg } from 'lit';
import { encode } from 'uqr';
import { define, HearthElement } from './element.ts';

/** A QR code of `value`, drawn as one path: dark on light in every theme, or cameras fail. */
export class HearthQr extends HearthElement {
  static override properties = { value: {}, label: {} };
  static override styles = css`
    :host {
      display: block;
      inline-size: 14rem;
      max-inline-size: 100%;
    }
    svg {
      display: block;
      inline-size: 100%;
      border-radius: var(--radius-m);
      background: #fff;
    }
  `;
  declare value: string;
  declare label: string;

  constructor() {
    super();
    this.value = '';
    this.label = '';
  }

  override render(): unknown {
    const { data, size } = encode(this.value, { border: 3 });
    return html`<svg viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" role="img" aria-label=${this.label}>
      ${svg`<path fill="#1c1310" d=${path(data)}></path>`}
    </svg>`;
  }
}

/** One `h` stroke per run of dark squares. */
function path(rows: readonly (readonly boolean[])[]): string {
  const strokes: string[] = [];
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x += 1) {
      if (row[x] !== true) continue;
      const from = x;
      while (row[x + 1] === true) x += 1;
      strokes.push(`M${from} ${y}h${x - from + 1}v1H${from}z`);
    }
  });
  return strokes.join('');
}

define('hearth-qr', HearthQr);

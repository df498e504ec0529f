/** The styles every shadow root shares: type, rhythm, cards. One sheet, adopted by all. */
import { css } from 'lit';

export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3 {
    margin: 0;
    font-family: var(--font-display);
    font-weight: 550;
    font-variation-settings: 'SOFT' 60;
    line-height: 1.15;
    letter-spacing: -0.012em;
    text-wrap: balance;
  }
  h1 {
    font-size: clamp(1.9rem, 1.5rem + 1.6vw, 2.7rem);
  }
  h2 {
    font-size: 1.35rem;
  }
  h3 {
    font-size: 1.08rem;
  }
  p {
    margin: 0;
    text-wrap: pretty;
  }
  a {
    color: var(--ember-ink);
    text-underline-offset: 0.18em;
    text-decoration-thickness: 0.08em;
  }
  a:focus-visible,
  button:focus-visible,
  summary:focus-visible,
  [tabindex]:focus-visible {
    outline: 3px solid var(--ember);
    outline-offset: 2px;
    border-radius: var(--radius-s);
  }
  code,
  .code {
    font-family: var(--font-code);
    font-size: 0.9em;
  }
  ul,
  ol,
  dl {
    margin: 0;
  }
  ul.plain {
    padding: 0;
    list-style: none;
  }
  .stack {
    display: grid;
    gap: var(--gap, 1rem);
    grid-template-columns: minmax(0, 1fr);
  }
  .stack.loose {
    --gap: 1.75rem;
  }
  .stack.tight {
    --gap: 0.4rem;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.6rem;
  }
  .row.end {
    justify-content: flex-end;
  }
  .row.spread {
    justify-content: space-between;
  }
  .grow {
    flex: 1 1 auto;
    min-inline-size: 0;
  }
  .card {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: var(--radius-l);
    box-shadow: var(--shadow-1);
    padding: clamp(1.1rem, 0.8rem + 1.2vw, 1.6rem);
  }
  .soft {
    color: var(--ink-soft);
  }
  .small {
    font-size: 0.9rem;
  }
  .lead {
    font-size: 1.1rem;
    color: var(--ink-soft);
    max-inline-size: 46rem;
  }
  .break {
    overflow-wrap: anywhere;
  }
  .hidden-visually {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  dl.facts {
    display: grid;
    grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr);
    gap: 0.55rem 1.5rem;
  }
  dl.facts dt {
    color: var(--ink-soft);
  }
  dl.facts dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  @media (max-width: 32rem) {
    dl.facts {
      grid-template-columns: minmax(0, 1fr);
      gap: 0.1rem;
    }
    dl.facts dd {
      margin-block-end: 0.7rem;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      transition-duration: 0.01ms !important;
    }
  }
`;

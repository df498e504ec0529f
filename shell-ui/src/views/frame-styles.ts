import { css } from 'lit';

/** A side bar on wide screens, a bar with tabs at the thumb on phones. */
export const frameStyles = css`
  :host {
    display: grid;
    grid-template-columns: 16rem minmax(0, 1fr);
    min-block-size: 100dvh;
    background: var(--glow), var(--paper);
    background-attachment: fixed;
  }
  .skip {
    position: fixed;
    inset-block-start: -5rem;
    inset-inline-start: 1rem;
    z-index: 60;
    padding: 0.7rem 1.1rem;
    border: 0;
    border-radius: var(--radius-m);
    background: var(--ember);
    color: var(--on-ember);
    font: inherit;
    font-weight: 600;
  }
  .skip:focus {
    inset-block-start: 1rem;
  }
  header {
    position: sticky;
    inset-block-start: 0;
    display: flex;
    flex-direction: column;
    gap: 2rem;
    block-size: 100dvh;
    padding: 1.6rem 1.1rem 1.25rem;
    border-inline-end: 1px solid var(--line);
    background: color-mix(in srgb, var(--card) 62%, transparent);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 0.7rem;
    padding-inline: 0.55rem;
    color: var(--ink);
    font-family: var(--font-display);
    font-variation-settings: 'SOFT' 80;
    font-weight: 600;
    font-size: 1.5rem;
    letter-spacing: -0.015em;
    text-decoration: none;
  }
  .brand img {
    inline-size: 2.35rem;
    block-size: 2.35rem;
  }
  nav {
    display: grid;
    gap: 0.2rem;
  }
  nav a {
    position: relative;
    display: flex;
    align-items: center;
    gap: 0.8rem;
    padding: 0.68rem 0.85rem;
    border-radius: var(--radius-m);
    color: var(--ink-soft);
    font-weight: 600;
    text-decoration: none;
  }
  nav a:hover {
    background: var(--sunken);
    color: var(--ink);
  }
  nav a[aria-current] {
    background: var(--ember-soft);
    color: var(--ember-ink);
  }
  .count {
    margin-inline-start: auto;
    min-inline-size: 1.45rem;
    padding: 0 0.4rem;
    border-radius: 999px;
    background: var(--ember);
    color: var(--on-ember);
    font-size: 0.78rem;
    font-weight: 700;
    line-height: 1.45rem;
    text-align: center;
  }
  .foot {
    display: grid;
    gap: 0.35rem;
    margin-block-start: auto;
    padding-inline: 0.55rem;
  }
  .server {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .lamp {
    flex: none;
    inline-size: 0.6rem;
    block-size: 0.6rem;
    border-radius: 50%;
    background: var(--line-strong);
  }
  .lamp.live {
    background: var(--sage);
  }
  .lamp.waiting {
    background: var(--gold);
  }
  .foot button {
    display: flex;
    align-items: center;
    gap: 0.6rem;
    padding: 0.35rem 0;
    border: 0;
    background: none;
    color: var(--ink-soft);
    font: inherit;
    cursor: pointer;
  }
  .foot button:hover {
    color: var(--ink);
  }
  .content {
    min-inline-size: 0;
  }
  main {
    max-inline-size: 68rem;
    margin-inline: auto;
    padding: clamp(1.5rem, 4vw, 3.25rem) clamp(1.1rem, 4vw, 3rem) 5rem;
  }
  main:focus {
    outline: none;
  }
  .banner {
    position: sticky;
    inset-block-start: 0;
    z-index: 20;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 0.6rem;
    padding: 0.6rem 1rem;
    background: var(--gold-soft);
    color: var(--gold);
    font-weight: 600;
  }
  @media (max-width: 56rem) {
    :host {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: auto minmax(0, 1fr);
    }
    header {
      z-index: 25;
      flex-direction: row;
      align-items: center;
      justify-content: space-between;
      gap: 1rem;
      block-size: auto;
      padding: 0.7rem 1rem;
      border-inline-end: 0;
      border-block-end: 1px solid var(--line);
      background: var(--card);
    }
    .brand {
      font-size: 1.25rem;
      padding-inline: 0;
    }
    .brand img {
      inline-size: 1.9rem;
      block-size: 1.9rem;
    }
    .foot {
      display: flex;
      align-items: center;
      gap: 0.9rem;
      margin: 0;
      padding: 0;
    }
    .foot button span {
      position: absolute;
      clip-path: inset(50%);
    }
    .foot button {
      padding: 0.4rem;
    }
    .server {
      font-size: 0.9rem;
    }
    nav {
      position: fixed;
      z-index: 30;
      inset-block-end: 0;
      inset-inline: 0;
      grid-template-columns: repeat(5, minmax(0, 1fr));
      gap: 0;
      padding: 0.3rem 0.3rem calc(0.3rem + env(safe-area-inset-bottom));
      border-block-start: 1px solid var(--line);
      background: var(--card);
    }
    nav a {
      flex-direction: column;
      gap: 0.15rem;
      padding: 0.4rem 0.1rem;
      font-size: 0.7rem;
    }
    nav a hearth-icon {
      font-size: 1.25rem;
    }
    nav a .text {
      max-inline-size: 100%;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .count {
      position: absolute;
      inset-block-start: 0.15rem;
      inset-inline-start: calc(50% + 0.3rem);
      min-inline-size: 1.15rem;
      padding: 0 0.25rem;
      font-size: 0.68rem;
      line-height: 1.15rem;
    }
    main {
      padding-block-end: 7rem;
    }
  }
`;

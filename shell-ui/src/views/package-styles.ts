import { css } from 'lit';

/** The page of a package: words beside facts, one under the other on phones. */
export const packageStyles = css`
  .back {
    display: inline-flex;
    align-items: center;
    gap: 0.35rem;
    color: var(--ink-soft);
    text-decoration: none;
    font-weight: 600;
  }
  header {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 1rem 1.5rem;
    align-items: center;
    margin-block: 1.25rem 1.75rem;
  }
  hearth-service-icon {
    --size: clamp(4.25rem, 10vw, 5.75rem);
  }
  .sides {
    display: grid;
    grid-template-columns: minmax(0, 1.6fr) minmax(0, 1fr);
    gap: 1.1rem;
    align-items: start;
  }
  h2 {
    margin-block-end: 0.8rem;
  }
  .text {
    white-space: pre-line;
  }
  .wide {
    grid-column: 1 / -1;
  }
  dl.facts {
    grid-template-columns: minmax(0, 1fr);
    gap: 0.1rem;
  }
  dl.facts dd {
    margin-block-end: 0.75rem;
  }
  @media (max-width: 52rem) {
    .sides {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (max-width: 40rem) {
    header {
      grid-template-columns: auto minmax(0, 1fr);
    }
    .actions {
      grid-column: 1 / -1;
    }
    .actions hearth-button {
      flex: 1;
    }
  }
`;

/** The buttons that open a service: the same wherever it is shown. */
import type { ServiceRow } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { html, nothing } from 'lit';
import '../elements/button.ts';
import { pagesOf } from '../state/interfaces.ts';
import type { NetworkState } from '../state/slices.ts';

type Size = 's' | 'm';

/** Open buttons: one, or one per page the service has. */
export function openButtons(row: ServiceRow, network: NetworkState | undefined, size: Size): unknown {
  if (row.status.actual !== 'running') return nothing;
  const pages = pagesOf(row, network, location.hostname);
  return pages.map(
    ({ name, url }) => html`<hearth-button
      variant="primary"
      size=${size}
      icon="external-link"
      href=${url}
      target="_blank"
      >${pages.length === 1 ? msg('Open') : msg(str`Open ${name}`)}</hearth-button
    >`,
  );
}

/** Start, stop, restart, open: the same buttons wherever a service is shown. */
import type { ServiceRow } from '@hearth/contract';
import { msg, str } from '@lit/localize';
import { html, nothing } from 'lit';
import '../elements/button.ts';
import { shell } from '../shell.ts';
import { pagesOf } from '../state/interfaces.ts';
import type { NetworkState } from '../state/slices.ts';
import { isOwnedByJob } from '../words/service-words.ts';

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

/** What can be asked of the service now. */
export function moveButtons(
  row: ServiceRow,
  act: (work: () => Promise<unknown>, done?: string) => Promise<boolean>,
  size: Size,
): unknown {
  const { id, manifest, status } = row;
  if (isOwnedByJob(status.actual) || status.actual === 'backing-up') return nothing;
  const title = manifest.title;
  const start = (): void => void act(() => shell.rpc.call('package.start', { id }));
  const stop = (): void => void act(() => shell.rpc.call('package.stop', { id }), msg(str`${title} is stopping`));
  const restart = (): void =>
    void act(() => shell.rpc.call('package.restart', { id }), msg(str`${title} is restarting`));
  if (status.desired === 'stopped' || status.actual === 'failed') {
    return html`<hearth-button
      size=${size}
      variant=${size === 's' ? 'quiet' : 'primary'}
      icon="play"
      ?busy=${status.actual === 'stopping'}
      @click=${start}
      >${msg('Start')}</hearth-button
    >`;
  }
  return html`<hearth-button size=${size} icon="square" @click=${stop}>${msg('Stop')}</hearth-button>
    ${
      size === 'm'
        ? html`<hearth-button
          icon="rotate-cw"
          ?disabled=${status.actual === 'starting' || status.actual === 'stopping'}
          @click=${restart}
          >${msg('Restart')}</hearth-button
        >`
        : nothing
    }`;
}

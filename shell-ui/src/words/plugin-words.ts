import type { PluginStatus } from '@hearth/contract';
import { msg } from '@lit/localize';
import type { StateTone } from './service-words.ts';

/** How a plugin does, in a word or two. */
export function pluginStateWords(status: PluginStatus | undefined): {
  readonly text: string;
  readonly tone: StateTone;
} {
  switch (status?.state) {
    case 'running':
      return { text: msg('Running'), tone: 'good' };
    case 'starting':
      return { text: msg('Starting'), tone: 'busy' };
    case 'backing-off':
      return { text: msg('Ended, starts again'), tone: 'warn' };
    case 'waiting':
      return { text: msg('Waits for you'), tone: 'warn' };
    case 'failed':
      return { text: msg('Does not run'), tone: 'bad' };
    case 'off':
    case undefined:
      return { text: msg('Off'), tone: 'idle' };
  }
}

/** Kinds of places for backups that confined plugins bring: offered while the plugin runs and may, taken back otherwise. */
import type { BackupTargets, PluginRow, PluginStatus } from '@hearth/contract';
import { grantOf } from './grants.ts';
import type { Installed } from './installed.ts';
import { openStore } from './target-store.ts';

export class Offers {
  readonly #targets: () => BackupTargets | null;

  constructor(targets: () => BackupTargets | null) {
    this.#targets = targets;
  }

  /** After every news of a plugin. */
  settle(
    plugin: Installed | undefined,
    row: PluginRow | undefined,
    { state, reason }: Pick<PluginStatus, 'state' | 'reason'>,
  ): void {
    if (plugin === undefined || row === undefined) return;
    if (state !== 'running')
      this.takeBack(plugin, words(state, reason), state === 'starting' || state === 'backing-off');
    else if (grantOf(row, 'backup.target') === undefined)
      this.takeBack(plugin, 'you do not allow its plugin to keep backups');
    else this.#offer(plugin);
  }

  /** Whatever is kept there ends at once. `soon`: whoever wants to use it waits a while. */
  takeBack(plugin: Installed | undefined, reason: string, soon = false): void {
    for (const name of Object.keys(plugin?.manifest.targets ?? {}))
      this.#targets()?.takeBack(`${plugin?.id ?? ''}.${name}`, reason.slice(0, 500), soon);
  }

  #offer(plugin: Installed): void {
    for (const [name, facts] of Object.entries(plugin.manifest.targets ?? {}))
      this.#targets()?.offer({
        ...facts,
        id: `${plugin.id}.${name}`,
        open: (values, signal) => openStore(plugin, name, facts, values, signal),
      });
  }
}

function words(state: PluginStatus['state'], reason: string): string {
  switch (state) {
    case 'off':
      return 'its plugin is off';
    case 'waiting':
      return 'its plugin waits for what you have not allowed';
    case 'backing-off':
      return `its plugin ended and begins anew: ${reason}`;
    case 'failed':
      return `its plugin ended too often: ${reason}`;
    default:
      return 'its plugin is starting';
  }
}

/** Loads the firewall; nft takes a ruleset whole or not at all. */
import type { Machine } from '../host/machine.ts';
import { tableName } from '../layout.ts';
import { attempt, run } from '../system/run.ts';
import { type FirewallPlan, ruleset } from './ruleset.ts';

export function applyFirewall(machine: Machine, plan: FirewallPlan): Promise<void> {
  return machine.queues.run('firewall', async () => {
    await run('nft', ['-f', '-'], { input: ruleset(machine.config, plan) });
  });
}

/** Where there is no firewall of ours yet, one that refuses everything; one that is there stays as it is. */
export async function ensureFirewall(machine: Machine): Promise<void> {
  const table = tableName(machine.config);
  for (const family of ['inet', 'bridge']) {
    const found = await attempt('nft', ['list', 'table', family, table]);
    if (found.code !== 0) {
      await applyFirewall(machine, { rules: [], forwards: [] });
      return;
    }
  }
}

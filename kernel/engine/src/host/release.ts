/** `host.release`: gives the machine back; data stays. */
import { rmSync } from 'node:fs';
import { allRecords, dropRecord } from '../containers/state.ts';
import { stopContainer } from '../containers/stop.ts';
import { emptyRuleset } from '../firewall/ruleset.ts';
import { tableName } from '../layout.ts';
import { nameServer } from '../names/names.ts';
import { proxyDaemon } from '../proxy/proxy.ts';
import { endDaemon } from '../system/daemon.ts';
import { unmountAll } from '../system/mounts.ts';
import { attempt, run } from '../system/run.ts';
import { namesIn } from '../volumes/volumes.ts';
import { restoreForwarding } from './bridge.ts';
import type { Machine } from './machine.ts';

export async function releaseHost(machine: Machine, killAfterMs: number): Promise<void> {
  const { config, layout } = machine;
  const services = new Set([...(await allRecords(machine)).map(({ service }) => service)]);
  for (const service of await namesIn(layout.views)) services.add(service);
  for (const service of await namesIn(layout.subcontainers)) services.add(service);
  await Promise.all(
    [...services].map((service) =>
      machine.queues.run(service, async () => {
        await stopContainer(machine, service, killAfterMs);
        await dropRecord(machine, service);
      }),
    ),
  );
  await machine.queues.run('proxy', () => endDaemon(proxyDaemon(machine)));
  await machine.queues.run('names', () => endDaemon(nameServer(machine)));
  await machine.queues.run('host', async () => {
    for (const service of await namesIn(layout.backups)) await unmountAll(`${layout.backups}/${service}`);
    await attempt('ip', ['link', 'delete', 'dev', config.bridge]);
    await run('nft', ['-f', '-'], { input: emptyRuleset(config) });
    restoreForwarding(config, await othersForward(tableName(config)));
    // The images' loop devices hold it until the last name space of their containers is gone.
    await unmountAll(layout.engine, 20_000);
  });
  for (const path of [layout.names, layout.states]) rmSync(path, { recursive: true, force: true });
}

/** Whether another Hearth of this machine (a test beside the real one) still needs packets forwarded. */
async function othersForward(own: string): Promise<boolean> {
  const { stdout } = await run('nft', ['list', 'tables', 'inet']);
  return stdout.split('\n').some((line) => line.startsWith('table inet hearth_') && line !== `table inet ${own}`);
}

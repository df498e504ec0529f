/** `host.prepare`: makes the machine ready; safe to repeat, changes nothing that runs. */
import { chmod, chown, mkdir } from 'node:fs/promises';
import type { HostFeatures } from '@hearth/contract';
import { ensureFirewall } from '../firewall/apply.ts';
import { neutralise } from '../system/mounts.ts';
import { ensureBridge } from './bridge.ts';
import { hostFeatures } from './features.ts';
import type { Machine } from './machine.ts';

export function prepareHost(machine: Machine): Promise<HostFeatures> {
  return machine.queues.run('host', async () => {
    await makeFolders(machine);
    // The firewall first: a port must never be open while the bridge already carries packets.
    await ensureFirewall(machine);
    await ensureBridge(machine.config);
    return hostFeatures(machine.config);
  });
}

async function makeFolders({ config, layout }: Machine): Promise<void> {
  const { uid, gid } = config.user;
  await folder(config.data, 0o755, 0, 0);
  await folder(config.run, 0o711, 0, 0);
  await folder(config.lxcPath, 0o755, 0, 0);
  await folder(layout.engine, 0o700, 0, 0);
  await neutralise(layout.engine);
  const rootOnly = [layout.images, layout.volumes, layout.logs, layout.uppers, layout.restores, layout.resticCache];
  for (const path of [...rootOnly, layout.states, layout.consoles, layout.backups]) await folder(path, 0o700, 0, 0);
  // LXC enters these as root of the machine; dnsmasq reads its records as the user of the kernel.
  for (const path of [layout.views, layout.subcontainers, layout.names]) await folder(path, 0o711, 0, 0);
  for (const path of [layout.staging, layout.proxy, layout.rpc]) await folder(path, 0o700, uid, gid);
}

async function folder(path: string, mode: number, uid: number, gid: number): Promise<void> {
  await mkdir(path, { recursive: true, mode });
  await chown(path, uid, gid);
  await chmod(path, mode);
}

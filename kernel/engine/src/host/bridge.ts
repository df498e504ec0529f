/** The bridge services hang on: our own, marked, with a fixed address and MAC; never somebody else's. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineConfig } from '@hearth/contract';
import { z } from 'zod';
import { errors } from '../errors.ts';
import { bridgeAddress, macAddress } from '../layout.ts';
import { run } from '../system/run.ts';

const links = z.array(
  z.looseObject({
    ifname: z.string().optional(),
    ifalias: z.string().optional(),
    linkinfo: z.looseObject({ info_kind: z.string().optional() }).optional(),
    addr_info: z.array(z.looseObject({ local: z.string().optional(), prefixlen: z.number().optional() })).optional(),
  }),
);

/** Throws `engine.addressTaken` or `engine.bridgeTaken` when another holds what is ours by configuration. */
export async function ensureBridge(config: EngineConfig): Promise<void> {
  const { stdout } = await run('ip', ['-json', '-details', 'address', 'show']);
  const found = links.parse(JSON.parse(stdout));
  const mark = `hearth ${config.data}`;
  const address = `${bridgeAddress(config)}/24`;
  const own = found.find(({ ifname }) => ifname === config.bridge);
  if (own && (own.linkinfo?.info_kind !== 'bridge' || own.ifalias !== mark)) {
    throw errors.bridgeTaken({ bridge: config.bridge, holder: own.ifalias ?? null });
  }
  for (const link of found) {
    if (link === own || link.ifname === undefined) continue;
    const holds = link.addr_info?.some(({ local, prefixlen }) => meets(config.subnet, local, prefixlen));
    if (holds === true) throw errors.addressTaken({ address, holder: link.ifname });
  }
  if (!own) await makeBridge(config, mark);
  if (own?.addr_info?.some(({ local }) => local === bridgeAddress(config)) !== true) {
    await run('ip', ['address', 'replace', address, 'dev', config.bridge]);
  }
  await run('ip', ['link', 'set', 'dev', config.bridge, 'up']);
  setParameters(config);
}

async function makeBridge(config: EngineConfig, mark: string): Promise<void> {
  const mac = macAddress(config, 1);
  await run('ip', [
    'link',
    'add',
    config.bridge,
    'address',
    mac,
    'type',
    'bridge',
    'stp_state',
    '0',
    'forward_delay',
    '0',
  ]);
  await run('ip', ['link', 'set', 'dev', config.bridge, 'alias', mark]);
}

/**
 * Services reach each other through the host alone, which filters: it answers for every address (`proxy_arp_pvlan`),
 * tells nobody a shorter way, and speaks IPv4 only. `route_localnet` lets the host itself use forwarded ports on
 * 127.0.0.1; the firewall drops such addresses when they come from a service.
 */
function setParameters({ bridge, run: folder }: EngineConfig): void {
  setParameter(`ipv6/conf/${bridge}/disable_ipv6`, '1');
  setParameter(`ipv4/conf/${bridge}/proxy_arp_pvlan`, '1');
  setParameter(`ipv4/conf/${bridge}/send_redirects`, '0');
  setParameter(`ipv4/conf/${bridge}/accept_redirects`, '0');
  setParameter(`ipv4/conf/${bridge}/route_localnet`, '1');
  if (setParameter('ipv4/ip_forward', '1')) writeFileSync(join(folder, forwardingMark), '');
}

/** There when it was the engine that turned forwarding on. */
const forwardingMark = 'forwarding';

/** Turns forwarding off again if it was off before us and nobody else of our kind needs it. */
export function restoreForwarding({ run: folder }: EngineConfig, needed: boolean): void {
  const mark = join(folder, forwardingMark);
  if (existsSync(mark) && !needed) setParameter('ipv4/ip_forward', '0');
  rmSync(mark, { force: true });
}

/** Answers whether it was something else before. */
function setParameter(name: string, value: string): boolean {
  const path = `/proc/sys/net/${name}`;
  try {
    if (readFileSync(path, 'latin1').trim() === value) return false;
    writeFileSync(path, value);
    return true;
  } catch (cause) {
    // A kernel without IPv6 has nothing to turn off.
    if (!name.startsWith('ipv6/')) throw cause;
    return false;
  }
}

/** Whether an address with its prefix shares addresses with our /24. */
export function meets(subnet: string, local: string | undefined, prefixlen = 32): boolean {
  if (local === undefined || local.includes(':')) return false;
  const length = Math.min(prefixlen, 24);
  const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
  return (numberOf(local) & mask) >>> 0 === (numberOf(`${subnet}.0`) & mask) >>> 0;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

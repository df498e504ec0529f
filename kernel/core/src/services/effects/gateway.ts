import { readFile } from 'node:fs/promises';

/** The device of the default route with the lowest metric; null when the machine has none. */
export async function defaultGateway(): Promise<string | null> {
  const table = await readFile('/proc/net/route', 'utf8').catch(() => '');
  return gatewayIn(table);
}

/** @param table `/proc/net/route`: a head line, then device, destination, gateway, flags, _, _, metric */
export function gatewayIn(table: string): string | null {
  let best: { device: string; metric: number } | null = null;
  for (const line of table.split('\n').slice(1)) {
    const [device, destination, , , , , metric, mask] = line.trim().split(/\s+/);
    if (device === undefined || destination !== '00000000' || mask !== '00000000') continue;
    const cost = Number(metric);
    if (best === null || cost < best.metric) best = { device, metric: cost };
  }
  return best?.device ?? null;
}

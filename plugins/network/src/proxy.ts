/** Writes nginx's configuration, certificates and pages, and has the engine apply them; only when something changed. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineClient, Places } from '@hearth/contract';
import { HearthError } from '@hearth/contract';
import { errors } from './errors.ts';
import { readIfThere, writeWhole } from './files.ts';
import { hasIpv6 } from './machine.ts';
import { nginxConfiguration } from './nginx/configuration.ts';
import { staticPages } from './nginx/pages.ts';
import type { NetworkPlan } from './plan/plan.ts';
import { takenPort } from './ports.ts';
import type { ProxyCertificates } from './proxy-certificates.ts';

export interface Proxy {
  /** Whether nginx is there; once it is not, the next `apply` starts it though nothing changed. */
  runs(): Promise<boolean>;
  /**
   * `names`: Hearth's own; `certified`: those of them a certificate can be made for.
   * Throws `network.portTaken`, or the engine's words if nginx refuses the configuration; then the former one stands again.
   */
  apply(
    plan: Pick<NetworkPlan, 'sites' | 'tlsPorts'>,
    names: readonly string[],
    certified: readonly string[],
  ): Promise<void>;
}

export interface ProxyParts {
  readonly engine: EngineClient;
  readonly places: Places;
  readonly certificates: ProxyCertificates;
  readonly streamModule: string;
  /** PEM of the root certificate: nginx gives it away by itself, also while the kernel is down. */
  readonly rootCertificate: () => string;
}

export function createProxy({ engine, places, certificates, streamModule, rootCertificate }: ProxyParts): Proxy {
  const folder = join(places.data, 'proxy');
  const path = join(folder, 'nginx.conf');
  let applied: string | null = null;

  async function prepare(): Promise<void> {
    await mkdir(join(folder, 'temporary'), { recursive: true, mode: 0o700 });
    await mkdir(join(folder, 'pages'), { recursive: true, mode: 0o700 });
    for (const [name, html] of staticPages()) await writeWhole(join(folder, 'pages', name), html);
    await writeWhole(join(folder, 'pages', 'ca.crt'), rootCertificate());
  }

  return {
    async runs() {
      const pid = (await readIfThere(join(folder, 'nginx.pid')))?.trim() ?? '';
      const title = /^\d+$/.test(pid) ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
      if (title.includes(path)) return true;
      applied = null;
      return false;
    },
    async apply(plan, names, certified) {
      if (applied === null) await prepare();
      const used = new Set<string>();
      const certificate = async (hostnames: readonly string[]) => {
        const file = await certificates.ensure(hostnames);
        used.add(file);
        return { chain: file, key: file };
      };
      const ui = { names, certificate: await certificate(certified) };
      const sites = [];
      for (const site of plan.sites) sites.push({ ...site, certificate: await certificate(site.names) });
      const { httpsPort, httpPort, kernelSocket } = places;
      const text = nginxConfiguration({
        ...{ folder, httpsPort, httpPort, kernelSocket, streamModule, ui, sites },
        ipv6: hasIpv6(),
        tlsPorts: plan.tlsPorts,
      });
      if (text === applied) return;
      const former = await readIfThere(path);
      await writeWhole(path, text);
      try {
        await engine.call('proxy.apply', {});
      } catch (error) {
        if (former !== null) await writeWhole(path, former);
        // A running proxy holds the ports itself; only one that could not start is told by them what is wrong.
        const port =
          HearthError.from(error).code === 'engine.proxyFailed' ? await takenPort([httpsPort, httpPort]) : null;
        throw port === null ? error : errors.portTaken({ port }, error);
      }
      applied = text;
      await certificates.sweep(used);
    },
  };
}

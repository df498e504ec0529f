/** The Debian package sources this machine is configured with: no host name is ours to choose. */
import { readFile } from 'node:fs/promises';
import { errors } from '../errors.ts';
import { run } from '../system/run.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** One-line `deb` entries for the machine's own suite, its updates and its security updates. */
export async function debianSources(): Promise<string[]> {
  const release = await readFile('/etc/os-release', 'utf8');
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1] ?? '';
  const format = '$(ORIGIN)|$(RELEASE)|$(REPO_URI)|$(COMPONENT)';
  const { stdout } = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const sources = parseTargets(stdout, suite);
  if (sources.length === 0) throw errors.baseWithoutSources();
  return sources;
}

/** Lines `origin|release|uri|component` of apt, to sorted `deb` entries of Debian's `suite`. */
export function parseTargets(text: string, suite: string): string[] {
  const found = new Set<string>();
  for (const line of text.split('\n')) {
    const [origin = '', release = '', uri = '', component = ''] = line.split('|');
    // Before the first `apt-get update` apt does not know the origin: go by the path every mirror of Debian has.
    const debian = origin === 'Debian' || (!/^[A-Z]\w/.test(origin) && /\/debian(-security)?\/?$/.test(uri));
    const ours = release === suite || release === `${suite}-updates` || release === `${suite}-security`;
    if (debian && ours && suite !== '') found.add(`deb [signed-by=${keyring}] ${uri} ${release} ${component}`);
  }
  return [...found].sort();
}

/** How this machine's apt fetches (its proxies, certificates), as options for another apt. */
export async function fetchOptions(): Promise<string[]> {
  const { stdout } = await run('apt-config', ['dump', '--no-empty', 'Acquire']);
  return stdout.split('\n').filter((line) => /^Acquire::(https?::|Check-Valid-Until|Retries|ForceIPv)/.test(line));
}

/**
 * Where Debian packages come from is the machine's own business: its configured apt sources are read, and another suite
 * is had from the same place by its name. No host name stands in this code.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errors } from './errors.ts';
import { run } from './tools.ts';

export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** Path of a keyring; null: apt's own. */
  readonly signedBy: string | null;
}

/** One-line style: `deb [signed-by=/k] URI SUITE COMPONENT...`. */
export function parseList(text: string): AptSource[] {
  return text.split('\n').flatMap((line): AptSource[] => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/.exec(options)?.[1] ?? null;
    return [{ uri, suite, components: components.trim().split(/\s+/), signedBy }];
  });
}

/** deb822 style: paragraphs of fields; a line that begins with a blank goes on with the one before. */
export function parseDeb822(text: string): AptSource[] {
  return text.split(/\n[ \t]*\n/).flatMap((paragraph): AptSource[] => {
    const fields = fieldsOf(paragraph);
    const list = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
    if (!list('types').includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') return [];
    const signedBy = fields.get('signed-by') ?? '';
    // A key may stand in the file itself; only paths can be handed on.
    const keyring = signedBy.startsWith('/') ? signedBy : null;
    return list('uris').flatMap((uri) =>
      list('suites').map((suite) => ({ uri, suite, components: list('components'), signedBy: keyring })),
    );
  });
}

function fieldsOf(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last = '';
  for (const line of paragraph.split('\n')) {
    if (line.startsWith('#')) continue;
    const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (match !== null) {
      last = (match[1] ?? '').toLowerCase();
      fields.set(last, (match[2] ?? '').trim());
    } else if (/^\s/.test(line) && last !== '') {
      fields.set(last, `${fields.get(last) ?? ''} ${line.trim()}`.trim());
    }
  }
  return fields;
}

/** The sources of `suite`, as the machine would have them if it ran that. */
export function rewriteSuite(
  sources: readonly AptSource[],
  own: string,
  suite: string,
  components: readonly string[],
): AptSource[] {
  const wanted: AptSource[] = [];
  for (const source of sources) {
    const match = /^(.*?)(-updates|-security|-backports)?$/.exec(source.suite);
    const [, base = '', kind = ''] = match ?? [];
    const isDebian = source.signedBy === null || source.signedBy.includes('debian-archive');
    // sid has neither updates nor a security suite of its own.
    if (!isDebian || ![own, 'stable'].includes(base) || kind === '-backports' || (suite === 'sid' && kind !== ''))
      continue;
    const offered = components.filter((component) => component === 'main' || source.components.includes(component));
    wanted.push({ ...source, suite: `${suite}${kind}`, components: offered });
  }
  return wanted;
}

export function printSource({ uri, suite, components, signedBy }: AptSource): string {
  const options = signedBy === null ? '' : `[signed-by=${signedBy}] `;
  return `deb ${options}${uri} ${suite} ${components.join(' ')}`;
}

/** Lines for apt, for the suite asked for. */
export async function sourcesFor(suite: string, components: readonly string[], root = '/'): Promise<string[]> {
  const all: AptSource[] = [];
  const folder = join(root, 'etc/apt/sources.list.d');
  const listed = (await readdir(folder).catch(() => [])).sort().map((name) => join(folder, name));
  for (const file of [join(root, 'etc/apt/sources.list'), ...listed]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (file.endsWith('.list')) all.push(...parseList(text));
    else if (file.endsWith('.sources')) all.push(...parseDeb822(text));
  }
  const release = await readFile(join(root, 'etc/os-release'), 'utf8').catch(() => '');
  const own = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(release)?.[1] ?? 'sid';
  const found = rewriteSuite(all, own, suite, components);
  if (found.length === 0) throw errors.noSources();
  return found.map(printSource);
}

/** How this machine reaches its sources: proxies, and whether an old Release file is good enough. */
export async function aptOptions(): Promise<string[]> {
  const { stdout } = await run('apt-config', ['dump'], { package: 'apt' });
  return stdout
    .split('\n')
    .filter((line) => /^Acquire::(Check-Valid-Until|Check-Date|Retries|https?::[A-Za-z:_.-]+) "[^"]+";$/.test(line))
    .map((line) => line.slice(0, -1));
}

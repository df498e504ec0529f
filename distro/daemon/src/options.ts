/** What `npm start` can be told, by flag, environment or file; flags win. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Refusal } from './refusal.ts';

export interface Options {
  readonly data: string;
  readonly run: string;
  readonly port: number;
  readonly httpPort: number;
  readonly bridge: string;
  /** First three numbers of the bridge's /24. */
  readonly subnet: string;
  readonly lxcPath: string;
  readonly containerPrefix: string;
  /** `first:count`; found in /etc/subuid unless told. */
  readonly ids: { readonly first: number; readonly count: number } | null;
  readonly cache: string;
  readonly verbose: boolean;
}

interface Row {
  readonly flag: string;
  readonly value: string;
  readonly about: string;
  readonly fallback: string;
}

const rows: readonly Row[] = [
  { flag: 'data', value: 'DIR', about: 'where everything is kept', fallback: '/var/lib/hearth' },
  { flag: 'port', value: 'N', about: 'port of the web interface and the API (https)', fallback: '8443' },
  { flag: 'http-port', value: 'N', about: 'port that leads there (http)', fallback: '8080' },
  { flag: 'run', value: 'DIR', about: 'sockets and other things of this boot', fallback: '/run/hearth' },
  { flag: 'bridge', value: 'NAME', about: 'bridge the services are on', fallback: 'hearth0' },
  { flag: 'subnet', value: 'A.B.C', about: "first three numbers of the bridge's addresses", fallback: '10.0.3' },
  { flag: 'lxc-path', value: 'DIR', about: 'folder of the containers', fallback: '/var/lib/lxc' },
  { flag: 'container-prefix', value: 'TEXT', about: 'what container names begin with', fallback: 'hearth-' },
  { flag: 'ids', value: 'FIRST:COUNT', about: 'ids the services are mapped to (else from /etc/subuid)', fallback: '' },
  { flag: 'cache', value: 'DIR', about: 'built images, kept between installs', fallback: '/var/cache/hearth' },
];

export const help = `Sets up this machine and runs Hearth.

Usage: npm start -- [options]

${rows.map(({ flag, value, about, fallback }) => `  --${`${flag} ${value}`.padEnd(24)} ${about}${fallback === '' ? '' : ` (${fallback})`}`).join('\n')}
  --${'verbose'.padEnd(24)} show the log here too
  --${'version'.padEnd(24)} print the version
  --${'help'.padEnd(24)} print this

Each option can also stand in the environment (HEARTH_DATA, HEARTH_HTTP_PORT, ...) or, with the same names, in the
JSON file /etc/hearth/start.json; an option here wins over both. Ctrl-C ends Hearth and leaves the services running; the
next start takes them up. npm stop ends everything.

Exit codes: 0 ended by request, 1 refused or failed (one sentence says why), 2 wrong usage.
`;

export class Usage extends Error {}

export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly options: Options };

export function readOptions(
  args: readonly string[],
  environment: Record<string, string | undefined>,
  file = '/etc/hearth/start.json',
): Request {
  const flags = parse(args);
  if (flags['help'] === true) return { kind: 'help' };
  if (flags['version'] === true) return { kind: 'version' };
  const fromFile = readFile(file);
  const text = (flag: string): string => {
    const given = flags[flag] ?? environment[`HEARTH_${flag.toUpperCase().replaceAll('-', '_')}`] ?? fromFile[flag];
    if (typeof given === 'string' || typeof given === 'number') return String(given);
    return rows.find((row) => row.flag === flag)?.fallback ?? '';
  };
  return {
    kind: 'run',
    options: {
      data: absolute('data', text('data')),
      run: absolute('run', text('run')),
      port: port('port', text('port')),
      httpPort: port('http-port', text('http-port')),
      bridge: matching(
        'bridge',
        text('bridge'),
        /^[a-z][a-z0-9]{0,11}$/,
        'a lower-case name of at most 12 letters and digits',
      ),
      subnet: matching('subnet', text('subnet'), /^(\d{1,3}\.){2}\d{1,3}$/, 'three numbers, as in 10.0.3'),
      lxcPath: absolute('lxc-path', text('lxc-path')),
      containerPrefix: matching(
        'container-prefix',
        text('container-prefix'),
        /^[a-z0-9-]{1,20}$/,
        'lower-case letters, digits and hyphens',
      ),
      ids: idBlock(text('ids')),
      cache: absolute('cache', text('cache')),
      verbose: flags['verbose'] === true,
    },
  };
}

function parse(args: readonly string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(rows.map(({ flag }) => [flag, { type: 'string' as const }]));
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...options,
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
        verbose: { type: 'boolean' },
      },
      strict: true,
    }).values;
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error));
  }
}

function readFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const unknown = Object.keys(value).find((key) => !rows.some(({ flag }) => flag === key));
    if (unknown !== undefined)
      throw new Refusal(`${file} has an option Hearth does not know: "${unknown}"; see npm start -- --help`);
    return value;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function absolute(flag: string, text: string): string {
  if (!text.startsWith('/') || text.includes('\0') || text.split('/').includes('..')) {
    throw new Usage(`--${flag} takes an absolute path, not "${text}"`);
  }
  return text.replace(/\/+$/, '') || '/';
}

function port(flag: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 65535)
    throw new Usage(`--${flag} takes a port from 1 to 65535, not "${text}"`);
  return value;
}

function matching(flag: string, text: string, pattern: RegExp, what: string): string {
  if (!pattern.test(text)) throw new Usage(`--${flag} takes ${what}, not "${text}"`);
  return text;
}

function idBlock(text: string): Options['ids'] {
  if (text === '') return null;
  const [, first, count] = /^(\d+):(\d+)$/.exec(text) ?? [];
  if (first === undefined || count === undefined || Number(first) < 65536 || Number(count) < 65536) {
    throw new Usage(`--ids takes FIRST:COUNT, both at least 65536, not "${text}"`);
  }
  return { first: Number(first), count: Number(count) };
}

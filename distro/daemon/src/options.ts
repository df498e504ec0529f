/** What `npm start` is told: the launcher's own words, and the configuration, of which the kernel knows the one schema. */
import { HearthError } from '@hearth/contract';
import { configReference, loadConfig } from '@hearth/kernel/config';
import { pluginConfigs } from './plugin-configs.ts';
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
  /** Found in /etc/subuid when null. */
  readonly ids: { readonly first: number; readonly count: number } | null;
  readonly cache: string;
  /** Backups are kept in or beneath these alone. */
  readonly backupFolders: readonly string[];
  readonly deadlineScale: number;
  readonly verbose: boolean;
}

export const help = `Sets up this machine and runs Hearth.

Usage: npm start -- [options]

  --data DIR         where everything is kept (/var/lib/hearth)
  --port N           port of the web interface and the API, https (8443)
  --http-port N      port that leads there, http (8080)
  --run DIR          sockets and other things of this boot (/run/hearth)
  --verbose          show the log here too
  --version          print the version
  --help             print this
  --help-config      print everything that can be configured

Every option can also stand in the environment (HEARTH_PORT=443) or in /etc/hearth/config.json or DATA/config.json
({"port": 443}); flags win over the environment, that over DATA/config.json, that over /etc/hearth/config.json.
Ctrl-C ends Hearth and leaves the services running; the next start takes them up. npm stop ends everything.

Exit codes: 0 ended by request, 1 refused or failed (one sentence says why), 2 wrong usage.
`;

export const reference = (): string => `Key in a file, name in the environment, flag, meaning (default):

${configReference(pluginConfigs)}`;

export class Usage extends Error {}

export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'reference' }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'run';
      readonly options: Options;
      /** The configuration's flags as they were given, for the kernel. */
      readonly flags: readonly string[];
      /** The configuration's variables, for the kernel. */
      readonly environment: Readonly<Record<string, string>>;
    };

const own = { '-h': 'help', '--help': 'help', '--help-config': 'reference', '--version': 'version' } as const;

/** Throws `Usage` for what the command line says wrong, `Refusal` for environment and files. */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  systemFile?: string,
): Request {
  const asked = args.find((word): word is keyof typeof own => Object.hasOwn(own, word));
  if (asked !== undefined) return { kind: own[asked] };
  const flags = args.filter((word) => word !== '--verbose');
  const config = load(flags, environment, systemFile);
  const [first, count] = config.ids?.split(':').map(Number) ?? [];
  const { data, run, port, httpPort, bridge, subnet, lxcPath, containerPrefix, cache } = config;
  const { backupFolders, deadlineScale } = config;
  return {
    kind: 'run',
    options: {
      ...{ data, run, port, httpPort, bridge, subnet, lxcPath, containerPrefix, cache },
      ...{ backupFolders, deadlineScale },
      ids: first === undefined || count === undefined ? null : { first, count },
      verbose: args.includes('--verbose'),
    },
    flags,
    environment: Object.fromEntries(
      Object.entries(environment).flatMap(([name, value]) =>
        name.startsWith('HEARTH_') && value !== undefined ? [[name, value]] : [],
      ),
    ),
  };
}

function load(
  flags: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  systemFile: string | undefined,
): ReturnType<typeof loadConfig> {
  const sources = { plugins: pluginConfigs, flags, environment };
  try {
    return loadConfig(systemFile === undefined ? sources : { ...sources, systemFile });
  } catch (error) {
    const { message, data } = HearthError.from(error);
    if (data['source'] === 'the flags') throw new Usage(message);
    throw new Refusal(message);
  }
}

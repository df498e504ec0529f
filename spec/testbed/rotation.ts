/**
 * What takes long takes turns. `npm test` runs a core of suites always, one group in four of the others, and one service of the
 * catalog; the commit decides which: another commit, another turn. `npm run test:deep` runs all, and so does jest when it is
 * called by itself. What a run leaves out, it names.
 */
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Suites that take turns, in four groups that take about as long as each other. Paths from the root. */
const groups: readonly (readonly string[])[] = [
  [
    'shell-ui/src/marketplace.system.ts',
    'shell-ui/src/server.system.ts',
    'shell-ui/src/service.system.ts',
    'shell-ui/src/threshold.system.ts',
    'shell-ui/src/views.system.ts',
    'spec/system/transactions.system.ts',
    'spec/system/kernel-kills.system.ts',
    'spec/system/shutdown.system.ts',
    'spec/system/policy.system.ts',
    'kernel/core/src/confined/install.system.ts',
  ],
  [
    'spec/system/update.system.ts',
    'spec/system/limits.system.ts',
    'spec/system/planted.system.ts',
    'kernel/engine/src/restore-room.system.ts',
    'kernel/engine/src/snapshots.system.ts',
    'kernel/core/src/state/kills.system.ts',
  ],
  [
    'kernel/engine/src/backup.system.ts',
    'spec/system/chaos.system.ts',
    'spec/system/hostile-kernel.system.ts',
    'sdk/cli/src/package.system.ts',
    'sdk/kit/src/pack/images.system.ts',
  ],
  [
    'spec/system/start-sdk.system.ts',
    'spec/system/start-sdk-parts.system.ts',
    'spec/system/url-plugin.system.ts',
    'spec/system/escapes.system.ts',
    'spec/system/distress.system.ts',
    'kernel/core/src/confined/escapes.system.ts',
  ],
];

/** Suites of services that wait for their turn; paths from the root, in order. */
export function waitingServices(): string[] {
  return globSync('distro/catalog/*/*.deep.ts', { cwd: root }).sort();
}

/** How many commits there are; 0 in a tree that is no checkout. */
function commits(): number {
  try {
    const told = execFileSync('git', ['rev-list', '--count', 'HEAD'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(told.toString().trim());
  } catch {
    return 0;
  }
}

export interface Turn {
  /** Of a service that otherwise only a deep run tries. */
  readonly service: string | null;
  /** Suites whose turn it is not. */
  readonly left: readonly string[];
}

/** Null where all is run. */
export function turnOf(environment: NodeJS.ProcessEnv, services = waitingServices(), count = commits()): Turn | null {
  if (environment['HEARTH_TEST_TURNS'] === undefined || environment['HEARTH_DEEP'] !== undefined) return null;
  const left = groups.filter((_, at) => at !== count % groups.length).flat();
  return { service: services[count % Math.max(1, services.length)] ?? null, left };
}

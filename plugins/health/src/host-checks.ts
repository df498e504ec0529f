/** Judges the machine's disk and memory. Pure. */
import type { EngineOutput } from '@hearth/contract';
import type { HealthConfig } from './config.ts';
import type { HealthState, HostCheck } from './state.ts';

type Usage = EngineOutput<'host.usage'>;
type Checks = HealthState['checks'];

export function judge(usage: Usage, before: Checks, config: HealthConfig, now: number): Checks {
  return {
    disk: check('Disk space', usage.diskFree, usage.diskTotal, 'free', config.disk, before['disk'], now),
    memory: check(
      'Memory',
      usage.memoryAvailable,
      usage.memoryTotal,
      'available',
      config.memory,
      before['memory'],
      now,
    ),
  };
}

function check(
  name: string,
  free: number,
  total: number,
  word: string,
  { red, green }: HealthConfig['disk'],
  before: HostCheck | undefined,
  now: number,
): HostCheck {
  const part = total === 0 ? 1 : free / total;
  // Between the two lines it stays what it was: a value that swings around one line changes nothing.
  const failing = part < red || (before?.result === 'failure' && part < green);
  const result = failing ? 'failure' : 'success';
  const since = before?.result === result ? before.since : now;
  return { name, result, message: `${size(free)} of ${size(total)} ${word}`, since };
}

/** Coarse: a message that changes with every byte would be a commit each. */
function size(bytes: number): string {
  const [unit, scale] = bytes < 1024 ** 3 ? (['MB', 1024 ** 2] as const) : (['GB', 1024 ** 3] as const);
  const value = bytes / scale;
  return `${value < 10 ? value.toFixed(1) : String(Math.round(value))} ${unit}`;
}

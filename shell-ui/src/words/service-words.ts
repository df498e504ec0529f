/** One word and one colour for the state of a service, its checks and its work. */
import type { ActualState, CheckResult, HealthEntry, JobRow, NeedEntry, ServiceRow } from '@hearth/contract';
import { msg, str } from '@lit/localize';

export type StateTone = 'good' | 'busy' | 'idle' | 'warn' | 'bad';

export function stateWord(state: ActualState): string {
  const words: Record<ActualState, string> = {
    installing: msg('Installing'),
    updating: msg('Updating'),
    restoring: msg('Restoring'),
    removing: msg('Removing'),
    stopped: msg('Stopped'),
    starting: msg('Starting'),
    running: msg('Running'),
    stopping: msg('Stopping'),
    'backing-up': msg('Backing up'),
    crashed: msg('Crashed'),
    failed: msg('Failed'),
  };
  return words[state];
}

const stateTones: Readonly<Record<ActualState, StateTone>> = {
  installing: 'busy',
  updating: 'busy',
  restoring: 'busy',
  removing: 'busy',
  stopped: 'idle',
  starting: 'busy',
  running: 'good',
  stopping: 'busy',
  'backing-up': 'busy',
  crashed: 'warn',
  failed: 'bad',
};

export function stateTone(state: ActualState): StateTone {
  return stateTones[state];
}

/** True while a job owns it: nothing but waiting and cancelling makes sense. */
export function isOwnedByJob(state: ActualState): boolean {
  return state === 'installing' || state === 'updating' || state === 'restoring' || state === 'removing';
}

export function checkWord(result: CheckResult): string {
  const words: Record<CheckResult, string> = {
    success: msg('Healthy'),
    disabled: msg('Off'),
    starting: msg('Starting'),
    waiting: msg('Waiting'),
    loading: msg('Working'),
    failure: msg('Failing'),
  };
  return words[result];
}

export function checkTone(result: CheckResult): StateTone {
  const tones: Record<CheckResult, StateTone> = {
    success: 'good',
    disabled: 'idle',
    starting: 'busy',
    waiting: 'busy',
    loading: 'busy',
    failure: 'bad',
  };
  return tones[result];
}

/** How what a service needs of another stands. */
export function needWord(state: NeedEntry['state']): string {
  const words: Record<NeedEntry['state'], string> = {
    satisfied: msg('Running'),
    missing: msg('Not installed'),
    'wrong-version': msg('Another version'),
    'not-running': msg('Not running'),
    unhealthy: msg('Not well'),
    task: msg('Needs you'),
  };
  return words[state];
}

export interface Summary {
  readonly tone: StateTone;
  readonly text: string;
}

/** The worst of the checks in one line, or why it does not run; null where there is nothing to tell. */
export function healthSummary(
  row: ServiceRow,
  checks: Readonly<Record<string, HealthEntry>> | undefined,
): Summary | null {
  const critical = Object.values(row.tasks).some(({ active, task }) => active && task.severity === 'critical');
  if (critical) return { tone: 'warn', text: msg('Needs you before it can start') };
  if (row.status.actual !== 'running') return whyNot(row.status);
  const entries = Object.values(checks ?? {}).filter(({ result }) => result !== 'disabled');
  const failing = entries.filter(({ result }) => result === 'failure');
  if (failing.length === 1) return { tone: 'bad', text: msg(str`${failing[0]?.name ?? ''} is failing`) };
  if (failing.length > 1) return { tone: 'bad', text: msg(str`${failing.length} checks are failing`) };
  const busy = entries.find(({ result }) => result !== 'success');
  if (busy !== undefined) return { tone: 'busy', text: busy.message ?? msg(str`${busy.name} is getting ready`) };
  return entries.length === 0 ? null : { tone: 'good', text: msg('Healthy') };
}

/** No state is shown without its reason; null where the reason is but the state's own word. */
function whyNot({ actual, reason }: ServiceRow['status']): Summary | null {
  const word = actual.replace('-', ' ');
  if (reason === '' || reason.toLowerCase() === word) return null;
  return { tone: stateTone(actual), text: reason };
}

export function jobWord(state: JobRow['state']): string {
  const words: Record<JobRow['state'], string> = {
    queued: msg('Waiting for its turn'),
    running: msg('Working'),
    undoing: msg('Taking everything back'),
    succeeded: msg('Done'),
    failed: msg('Failed'),
    cancelled: msg('Cancelled'),
  };
  return words[state];
}

export function isOver(job: JobRow): boolean {
  return job.state === 'succeeded' || job.state === 'failed' || job.state === 'cancelled';
}

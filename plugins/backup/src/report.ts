/** What is said about a backup when it is over. Pure. */
import type { Notice } from '@hearth/plugin-notifications/api';
import type { BackupRun, ServiceOutcome } from './state.ts';

type Outcomes = Readonly<Record<string, ServiceOutcome>>;

export function verdict(outcomes: Outcomes): Pick<BackupRun, 'outcome' | 'message'> {
  const all = Object.entries(outcomes);
  const failures = all.flatMap(([service, { error }]) => (error === null ? [] : [`${service}: ${error.message}`]));
  if (failures.length === 0) return { outcome: 'succeeded', message: null };
  return { outcome: failures.length === all.length ? 'failed' : 'partly', message: failures.join('; ').slice(0, 1000) };
}

export function report(target: string, outcomes: Outcomes, title: (service: string) => string): Notice {
  const lines = Object.entries(outcomes).map(([service, { error, added, processed, took }]) =>
    error === null
      ? `${title(service)}: ${size(processed)}, of which ${size(added)} new, in ${Math.max(1, Math.round(took / 1000))} s`
      : `${title(service)}: failed. ${error.message}`,
  );
  const { outcome } = verdict(outcomes);
  return {
    level: outcome === 'succeeded' ? 'success' : 'warning',
    title: outcome === 'succeeded' ? `Backup to ${target} is complete` : `Backup to ${target} is not complete`,
    message: lines.join('\n'),
  };
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${['', 'kB', 'MB', 'GB', 'TB'][power] ?? ''}`;
}

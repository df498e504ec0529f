/** The plugins of the made-up household, and one that is about to be installed. */
import { type Capability, compareCapabilities, type PluginRow, type PluginStatus } from '@hearth/contract';
import type { PluginInspection } from '../../link/methods.ts';

const garden: readonly Capability[] = [
  { capability: 'state', reason: 'To show when the garden was last watered.' },
  { capability: 'methods', reason: 'So that you can say that you have watered it.' },
  { capability: 'timers', everySeconds: 3600, reason: 'To look every hour whether it is time again.' },
  { capability: 'notifications', perDay: 2, reason: 'To remind you when the garden is dry.', optional: true },
];
const later: readonly Capability[] = [
  ...garden.slice(0, 2),
  { capability: 'timers', everySeconds: 600, reason: 'To look every ten minutes whether it is time again.' },
  { capability: 'network.fetch', hosts: ['api.weather.example'], reason: 'To ask whether it is going to rain.' },
  { capability: 'notifications', perDay: 5, reason: 'To remind you when the garden is dry.', optional: true },
];
const signer = '5f'.repeat(32);

export function demoPlugins(now: number): Record<string, PluginRow> {
  const row = (id: string, title: string, about: string, more: Partial<PluginRow>): PluginRow => ({
    ...{ id, title, about, version: '1.2.0', author: 'Ida Larsen', signer, rootSighash: 'ab'.repeat(32) },
    ...{ installedAt: now - 86_400_000, enabled: true, asked: [], granted: [], panel: null, methods: [] },
    ...more,
  });
  return {
    'hello-garden': row(
      'hello-garden',
      'Hello Garden',
      'Counts how often the garden was watered, and reminds you of it.',
      { asked: [...garden], granted: garden.slice(0, 3) },
    ),
    'night-watch': row('night-watch', 'Night Watch', 'Restarts a service that does not answer at night.', {
      version: '0.4.1',
      author: null,
      asked: [
        {
          capability: 'services.control',
          services: ['jellyfin'],
          moves: ['restart'],
          reason: 'To restart Jellyfin when nobody watches.',
        },
      ],
    }),
  };
}

export function demoPluginStatus(now: number): Record<string, PluginStatus> {
  return {
    'hello-garden': {
      ...{ state: 'running', reason: '', since: now - 3_600_000, crashes: 0 },
      checks: {
        soil: {
          name: 'Hello Garden: Soil',
          result: 'success',
          message: 'Moist since yesterday',
          since: now - 86_400_000,
        },
      },
    },
    'night-watch': {
      ...{ state: 'waiting', since: now - 60_000, crashes: 0, checks: {} },
      reason: 'It needs what you have not allowed: Restart jellyfin',
    },
  };
}

export function demoInspection(installed: PluginRow | undefined): PluginInspection {
  return {
    ...{ id: 'hello-garden', title: 'Hello Garden', version: '1.3.0', author: 'Ida Larsen', signer },
    about: 'Counts how often the garden was watered, and reminds you of it.',
    rootSighash: 'cd'.repeat(32),
    from: installed?.version ?? null,
    changes: compareCapabilities(installed?.granted ?? [], later),
    refusal: null,
  };
}

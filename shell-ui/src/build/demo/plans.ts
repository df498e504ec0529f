/** What the demonstration's server says an installation or a removal would do. */
import type { ServicePlan, ServiceRow } from '@hearth/contract';
import type { UiState } from '../../state/slices.ts';
import { market } from './market.ts';

const nothing = {
  id: 'cd'.repeat(32),
  rootSighash: null,
  fetch: 0,
  disk: { needed: 0, free: 310e9 },
  memory: { needed: null, total: 16e9 },
  changes: [],
  snapshot: null,
  erases: null,
  downtime: 0,
  refusals: [],
} as const;

function dependants(state: UiState, id: string, effect: ServicePlan['dependants'][number]['effect']) {
  return Object.values(state.services ?? {})
    .filter((row: ServiceRow) => row.dependencies[id] !== undefined)
    .map((row) => ({ id: row.id, title: row.manifest.title, running: row.status.actual === 'running', effect }));
}

export function installPlan(state: UiState, id: string, version: string | null): ServicePlan {
  const row = state.services?.[id];
  const found = market.find((one) => one.id === id);
  const size = found?.versions[0]?.size ?? 0;
  const base = { ...nothing, changes: [], ports: [], refusals: [], service: id, title: found?.title ?? id };
  const to = version ?? found?.versions[0]?.version ?? null;
  const fetched = { to, fetch: size, disk: { needed: size * 3 + 256e6, free: 310e9 }, dependants: [] };
  if (row === undefined) return { ...base, ...fetched, kind: 'package.install', from: null };
  return {
    ...base,
    ...fetched,
    kind: 'package.update',
    from: row.manifest.version,
    rootSighash: 'ab'.repeat(32),
    changes: [{ path: '/virtualNetworking', before: false, after: true, about: 'permission' }],
    snapshot: { bytes: 2.4e9, shared: true },
    downtime: 30,
    dependants: dependants(state, id, 'interrupted'),
  };
}

export function removalPlan(state: UiState, id: string, soft: boolean): ServicePlan {
  const row = state.services?.[id];
  return {
    ...{ ...nothing, changes: [], ports: [], refusals: [] },
    ...{ kind: 'package.uninstall', service: id, title: row?.manifest.title ?? id },
    ...{ id: (soft ? 'ce' : 'ef').repeat(32) },
    ...{ from: row?.manifest.version ?? null, to: null, erases: soft ? null : 1.2e9 },
    dependants: dependants(state, id, 'lost'),
  };
}

/** The wiki asks for eight. */
export function settingPlan(state: UiState, id: string, input: Readonly<Record<string, unknown>> | null): ServicePlan {
  return {
    ...{ ...nothing, changes: [], ports: [], refusals: [] },
    ...{ kind: 'package.action.run', service: id, title: id, from: null, to: null },
    dependants: input?.['number'] === 8 ? [] : dependants(state, id, 'needsYou'),
  };
}

/** Where backups go: a folder of this machine, or a place a plugin brings, and the password it is sealed with. */
import {
  type EngineClient,
  type FormValues,
  formValues,
  type Log,
  partsOfForm,
  type Places,
  type Slice,
} from '@hearth/contract';
import { errors } from './errors.ts';
import { usableFolder } from './folder.ts';
import type { Kinds } from './kinds.ts';
import { type Served, whileServed, type Work } from './served/access.ts';
import type { BackupSecret, BackupState, BackupTarget } from './state.ts';

interface Named {
  readonly name: string;
  readonly password: string;
}
export type NewTarget = Named &
  (
    | { readonly kind: 'folder'; readonly path: string }
    | { readonly kind: string; readonly settings: Readonly<Record<string, unknown>> }
  );

export interface Targets {
  /** Throws `backup.unknownTarget`. */
  read(target: string): BackupTarget;
  /**
   * Runs work with what the engine needs to open the repository; its signal is aborted with the given one, and when the
   * place is no longer to be had. Throws `backup.unknownTarget`, `backup.targetUnavailable`, `backup.targetFailed`.
   */
  use<T>(target: string, signal: AbortSignal, work: Work<T>): Promise<T>;
  /**
   * Opens the repository in the place, or makes one. Throws `backup.folderMissing`, `backup.notFolder`,
   * `backup.insideData`, `backup.targetKnown`, `backup.placeKnown`, `backup.unknownKind`, `backup.kindUnavailable`,
   * `backup.badSettings`, what `use` throws, and the engine's words (`engine.repositoryPassword`, ...).
   */
  add(target: NewTarget, signal: AbortSignal): Promise<{ id: string; created: boolean; rev: number }>;
  /** Forgets it; the backups stay where they are. */
  remove(target: string): Promise<number>;
}

export interface TargetsParts {
  readonly state: Slice<BackupState>;
  readonly secret: Slice<BackupSecret>;
  readonly engine: EngineClient;
  readonly kinds: Kinds;
  readonly places: Places;
  readonly log: Log;
  readonly now: () => number;
  /** Of a place that fails. */
  readonly patienceMs: number;
}

/** What is kept of a new target beside its name. */
interface Place {
  readonly open: Pick<BackupTarget, 'kind' | 'path' | 'settings'>;
  readonly secret: FormValues | null;
  use<T>(signal: AbortSignal, work: Work<T>): Promise<T>;
}

export function createTargets({ state, secret, engine, kinds, places, log, now, patienceMs }: TargetsParts): Targets {
  const serving = { kinds, run: places.run, log, patienceMs };

  function read(target: string): BackupTarget {
    const found = Object.hasOwn(state.read().targets, target) ? state.read().targets[target] : undefined;
    if (found === undefined) throw errors.unknownTarget({ target });
    return found;
  }

  async function folderPlace({ password, path: asked }: Named & { readonly path: string }): Promise<Place> {
    const path = await usableFolder(asked, places);
    return {
      open: { kind: 'folder', path },
      secret: null,
      use: (signal, work) => work({ repository: { kind: 'folder', path }, password }, signal),
    };
  }

  function pluginPlace({
    name,
    password,
    kind,
    settings,
  }: Named & { readonly kind: string; readonly settings: Readonly<Record<string, unknown>> }): Place {
    const { form } = kinds.find(kind);
    const parsed = formValues(form).safeParse(settings);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const key = String(issue?.path[0] ?? '');
      throw errors.badSettings({ field: form[key]?.name ?? key, reason: issue?.message ?? 'Invalid' });
    }
    const { open, secret: hidden } = partsOfForm(form, parsed.data);
    const served: Served = { target: { id: '', name, kind }, values: parsed.data, password };
    return {
      open: { kind, settings: { ...open } },
      secret: hidden,
      use: (signal, work) => whileServed(serving, served, signal, work),
    };
  }

  return {
    read,

    async use(target, signal, work) {
      const row = read(target);
      const { passwords, settings = {} } = secret.read();
      const password = passwords[target] ?? '';
      if (row.kind === 'folder')
        return work({ repository: { kind: 'folder', path: row.path ?? '' }, password }, signal);
      const values = { ...row.settings, ...settings[target] };
      return whileServed(serving, { target: row, values, password }, signal, work);
    },

    async add(target, signal) {
      const place = 'path' in target ? await folderPlace(target) : pluginPlace(target);
      refuseKnown(state.read(), place.open);
      const { created } = await place.use(signal, (access, over) =>
        engine.call('backup.prepare', access, { signal: over }),
      );
      const { name, password } = target;
      let id = '';
      await secret.commit('backup.target.add', (draft) => {
        id = freeId(name, new Set([...Object.keys(draft.passwords), ...Object.keys(state.read().targets)]));
        draft.passwords[id] = password;
        if (place.secret === null) return;
        draft.settings ??= {};
        draft.settings[id] = { ...place.secret };
      });
      const rev = await state.commit('backup.target.add', (draft) => {
        refuseKnown(draft, place.open);
        draft.targets[id] = { id, name, ...place.open, addedAt: now(), lastRun: null };
      });
      return { id, created, rev };
    },

    async remove(target) {
      read(target);
      const rev = await state.commit('backup.target.remove', ({ targets }) => {
        delete targets[target];
      });
      await secret.commit('backup.target.remove', ({ passwords, settings }) => {
        delete passwords[target];
        delete settings?.[target];
      });
      return rev;
    },
  };
}

function refuseKnown({ targets }: BackupState, { kind, path, settings }: Place['open']): void {
  const same = (target: BackupTarget): boolean =>
    target.kind === kind && target.path === path && sorted(target.settings) === sorted(settings);
  const known = Object.values(targets).find(same);
  if (known === undefined) return;
  throw path === undefined
    ? errors.placeKnown({ target: known.name })
    : errors.targetKnown({ path, target: known.name });
}

function sorted(settings: BackupTarget['settings']): string {
  return JSON.stringify(Object.entries(settings ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** `USB drive` -> `usb-drive`, `usb-drive-2`. */
function freeId(name: string, taken: ReadonlySet<string>): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? ['target'];
  const base = words.join('-').slice(0, 40).replace(/-$/, '');
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

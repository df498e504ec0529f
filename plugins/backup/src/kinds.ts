/** Kinds of places for backups: which there are, in the public state, and which are to be had right now. */
import {
  type BackupStore,
  type BackupTargetKind,
  type BackupTargets,
  type FormValues,
  formValues,
  type Log,
  type Slice,
} from '@hearth/contract';
import { errors } from './errors.ts';
import type { BackupState, PluginTarget } from './state.ts';

export interface OpenStore {
  readonly store: BackupStore;
  /** Aborted when the kind is taken back; `reason()` says why. */
  readonly gone: AbortSignal;
}

export interface Kinds extends BackupTargets {
  /** Nothing is to be had after a start, until it is offered. */
  start(): Promise<void>;
  /** Throws `backup.unknownKind`, `backup.kindUnavailable`. */
  find(kind: string): BackupTargetKind;
  /** Throws `backup.targetUnavailable` and what the kind throws. Waits a while for what is about to be offered. */
  open(target: Pick<PluginTarget, 'name' | 'kind'>, values: FormValues, signal: AbortSignal): Promise<OpenStore>;
  /** What to say of a place whose kind is not to be had. */
  gone(target: Pick<PluginTarget, 'name' | 'kind'>): Error;
}

interface Offered {
  readonly kind: BackupTargetKind;
  readonly gone: AbortController;
}

export interface KindsParts {
  readonly state: Slice<BackupState>;
  readonly log: Log;
  readonly now: () => number;
}

/** For what is about to be offered: a plugin's process takes its time. Milliseconds, from the start or from now. */
const patienceMs = 45_000;
const early = 'it has not come up yet';

export function createKinds({ state, log, now }: KindsParts): Kinds {
  const offered = new Map<string, Offered>();
  /** Why it is not offered, as was told since the start. */
  const reasons = new Map<string, { readonly reason: string; readonly soon: boolean }>();
  const waiting = new Set<() => void>();
  let startedAt = now();
  let queue: Promise<unknown> = Promise.resolve();

  const show = (
    change: (kinds: NonNullable<BackupState['kinds']>, used: ReadonlySet<string>) => void,
  ): Promise<void> => {
    const mine = queue.then(() =>
      state.commit('backup.kinds', (draft) => {
        draft.kinds ??= {};
        change(draft.kinds, new Set(Object.values(draft.targets).map(({ kind }) => kind)));
      }),
    );
    queue = mine.catch((error: unknown) => log.error({ err: error }, 'kinds of places for backups were not shown'));
    return queue.then(() => undefined);
  };
  const reasonOf = (kind: string): string => reasons.get(kind)?.reason ?? early;
  const gone = ({ name, kind }: Pick<PluginTarget, 'name' | 'kind'>): Error =>
    errors.targetUnavailable({ target: name, reason: reasonOf(kind) });

  const isHopeless = (kind: string): boolean => reasons.get(kind)?.soon === false;

  /** Of what was told of: from now. Of what nobody spoke of yet: from the start. */
  const patienceFor = (kind: string): number =>
    reasons.has(kind) ? patienceMs : Math.max(0, startedAt + patienceMs - now());

  async function whenOffered(target: Pick<PluginTarget, 'name' | 'kind'>, signal: AbortSignal): Promise<Offered> {
    const { kind } = target;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceFor(kind))]);
    if (!offered.has(kind) && !isHopeless(kind)) await changed(() => offered.has(kind) || isHopeless(kind), limit);
    signal.throwIfAborted();
    const found = offered.get(kind);
    if (found === undefined) throw gone(target);
    return found;
  }

  function changed(isSo: () => boolean, limit: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!limit.aborted && !isSo()) return;
        waiting.delete(look);
        limit.removeEventListener('abort', look);
        resolve();
      };
      waiting.add(look);
      limit.addEventListener('abort', look);
      look();
    });
  }

  return {
    gone,
    async start() {
      startedAt = now();
      await show((kinds, used) => {
        for (const [id, row] of Object.entries(kinds)) {
          if (offered.has(id)) continue;
          if (used.has(id)) row.unavailable = early;
          else delete kinds[id];
        }
      });
    },
    offer(kind) {
      const { id, name, about, form } = kind;
      const former = offered.get(id);
      offered.set(id, { kind, gone: new AbortController() });
      reasons.delete(id);
      former?.gone.abort();
      void show((kinds) => {
        kinds[id] = { id, name, about, form, unavailable: null };
      });
      for (const look of [...waiting]) look();
    },
    takeBack(id, reason, soon) {
      const former = offered.get(id);
      offered.delete(id);
      reasons.set(id, { reason, soon });
      former?.gone.abort();
      for (const look of [...waiting]) look();
      void show((kinds, used) => {
        const row = kinds[id];
        if (offered.has(id) || row === undefined) return;
        if (used.has(id)) row.unavailable = reason;
        else delete kinds[id];
      });
    },
    find(id) {
      const found = offered.get(id);
      if (found !== undefined) return found.kind;
      const known = state.read().kinds ?? {};
      if (!Object.hasOwn(known, id)) throw errors.unknownKind({ kind: id });
      throw errors.kindUnavailable({ kind: known[id]?.name ?? id, reason: reasonOf(id) });
    },
    async open(target, values, signal) {
      const { kind, gone: left } = await whenOffered(target, signal);
      const parsed = formValues(kind.form).safeParse(values);
      // An update of what offers it may ask for more than was filled in.
      if (!parsed.success) throw errors.settingsOutdated({ target: target.name });
      const store = await kind.open(parsed.data, AbortSignal.any([signal, left.signal]));
      return { store, gone: left.signal };
    },
  };
}

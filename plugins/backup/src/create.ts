/** The job that backs services up, one after the other; what fails with one does not keep the others from it. */
import type {
  EngineClient,
  JobDefinition,
  Places,
  ServiceRow,
  Services,
  Slice,
  Step,
  StepContext,
} from '@hearth/contract';
import { HearthError } from '@hearth/contract';
import type { Notifications } from '@hearth/plugin-notifications/api';
import { errors } from './errors.ts';
import { writeRecord } from './record.ts';
import { report, verdict } from './report.ts';
import type { BackupState, ServiceOutcome } from './state.ts';
import { tagsOf } from './tags.ts';
import type { Targets } from './targets.ts';

export interface CreateInput {
  readonly target: string;
  readonly services: readonly string[];
}

export interface CreateScratch {
  outcomes?: Record<string, ServiceOutcome>;
}

export interface CreateParts {
  readonly engine: EngineClient;
  readonly services: Services;
  readonly targets: Targets;
  readonly state: Slice<BackupState>;
  readonly notify: Notifications['notify'];
  readonly places: Places;
  /** The plugin's own folder. */
  readonly folder: string;
  readonly now: () => number;
}

type Context = StepContext<CreateInput, CreateScratch>;

export function createJob(parts: CreateParts): JobDefinition<CreateInput, CreateScratch> {
  const { engine, services, targets, state, notify, places, folder, now } = parts;

  const titleOf = (service: string): string => services.read(service)?.manifest.title ?? service;

  const open: Step<CreateInput, CreateScratch> = {
    name: 'open',
    title: 'Opening the place for backups',
    async run({ job, input: { target }, signal }) {
      await state.commit('backup.create', (draft) => {
        const found = draft.targets[target];
        if (found === undefined) throw errors.unknownTarget({ target });
        found.lastRun = { job, at: now(), outcome: 'running', message: null, services: {} };
      });
      // Tells a wrong password or a missing drive once, before any service is stopped. Never makes a repository: the
      // drive may not be plugged in, and the folder under it is the system disk.
      await targets.use(target, signal, (access, over) => engine.call('backup.list', access, { signal: over }));
    },
  };

  const save: Step<CreateInput, CreateScratch> = {
    name: 'services',
    title: 'Backing up',
    async run(context) {
      const outcomes: Record<string, ServiceOutcome> = {};
      for (const [at, service] of context.input.services.entries()) {
        context.signal.throwIfAborted();
        context.say(`${titleOf(service)} (${at + 1} of ${context.input.services.length})`);
        context.progress(0, null, 'bytes');
        outcomes[service] = await attempt(service, context);
      }
      context.scratch.outcomes = outcomes;
    },
  };

  const tell: Step<CreateInput, CreateScratch> = {
    name: 'report',
    title: 'Writing the report',
    noReturn: true,
    async run({ job, input, scratch: { outcomes = {} } }) {
      const failure = verdict(outcomes);
      if (failure.outcome === 'failed') throw errors.allFailed({ reason: failure.message ?? '' });
      await notify({
        ...report(targets.read(input.target).name, outcomes, titleOf),
        data: JSON.stringify({ job, outcomes }),
      });
    },
  };

  async function attempt(service: string, context: Context): Promise<ServiceOutcome> {
    const began = now();
    try {
      const made = await saveOne(service, context);
      await services.markBackedUp(service, now());
      return { error: null, ...made, took: now() - began };
    } catch (cause) {
      context.signal.throwIfAborted();
      context.log.warn({ err: cause, service }, 'A service could not be backed up');
      const { code, message } = HearthError.from(cause);
      // It is the same for all that follow, and each would be stopped for nothing.
      if (code === 'backup.targetUnavailable' || code === 'backup.targetFailed') throw cause;
      return { error: { code, message }, snapshot: null, added: 0, processed: 0, took: now() - began };
    }
  }

  async function saveOne(service: string, context: Context) {
    const { input, signal } = context;
    // The place is opened before the service is held still.
    return targets.use(input.target, signal, (access, over) =>
      services.backUp(
        service,
        async (pairs) => {
          const row = installed(service);
          const files = await writeRecord(places, folder, row, services.archive(service), now());
          return engine.call(
            'backup.create',
            {
              ...access,
              service,
              pairs: pairs.map((pair) => ({ ...pair, excludes: [...pair.excludes] })),
              files: [...files],
              tags: tagsOf(row),
            },
            { signal: over, onProgress: (done, total) => context.progress(done, total, 'bytes') },
          );
        },
        over,
      ),
    );
  }

  function installed(service: string): ServiceRow {
    const row = services.read(service);
    if (row === null) throw errors.unknownService({ service });
    return row;
  }

  return {
    kind: 'backup.create',
    title: ({ services: [first, ...others] }) =>
      others.length === 0 ? `Back up ${titleOf(first ?? '')}` : `Back up ${others.length + 1} services`,
    // A snapshot made twice costs little: only what changed is written.
    afterCrash: 'redo',
    steps: [open, save, tell],
    result: ({ outcomes = {} }) => ({ services: outcomes }),
    async settled({ input: { target }, scratch: { outcomes = {} }, error }) {
      const run = error === null ? verdict(outcomes) : { outcome: endOf(error.code), message: error.message };
      await state.commit('backup.create', ({ targets: all }) => {
        const last = all[target]?.lastRun;
        if (last !== undefined && last !== null) Object.assign(last, run, { at: now(), services: { ...outcomes } });
      });
    },
  };
}

function endOf(code: string): 'cancelled' | 'failed' {
  return code === 'jobs.cancelled' ? 'cancelled' : 'failed';
}

/** Long work of plugins, as jobs like any other: one kind, whose one step the plugin carries out. */
import type { JobDefinition, Jobs, StepContext } from '@hearth/contract';
import { refusals } from './errors.ts';
import { Tokens } from './tokens.ts';

interface Input {
  readonly plugin: string;
  readonly name: string;
  readonly title: string;
  readonly input: unknown;
}

interface Running {
  readonly plugin: string;
  readonly context: StepContext<Input, object>;
}

export interface JobsUnderWay {
  readonly definition: JobDefinition<Input, object>;
  start(jobs: Jobs, plugin: string, name: string, input: unknown): Promise<{ job: string }>;
  /** Throws `plugin.notThere` for a job that is another's or does not run. */
  progress(plugin: string, job: string, done: number, total: number | null, say: string | undefined): void;
}

const kind = 'plugin.job';
/** Of one plugin: at the same time, and begun in a minute. Each is a row that stays for a while. */
const mostAtOnce = 4;
const mostAMinute = 6;

export function createJobsUnderWay(parts: {
  readonly titleOf: (plugin: string, name: string) => string;
  /** Has the plugin do it; rejects when it fails or ends. */
  readonly carryOut: (
    input: { readonly plugin: string; readonly name: string; readonly input: unknown },
    job: string,
    signal: AbortSignal,
  ) => Promise<unknown>;
}): JobsUnderWay {
  const running = new Map<string, Running>();
  const begun = new Map<string, { count: number; readonly tokens: Tokens }>();
  const begunBy = (plugin: string): { count: number; readonly tokens: Tokens } => {
    const found = begun.get(plugin) ?? { count: 0, tokens: new Tokens(mostAMinute / 60, mostAMinute) };
    begun.set(plugin, found);
    return found;
  };
  return {
    definition: {
      kind,
      title: ({ title }) => title,
      afterCrash: 'redo',
      // Those taken up after a restart were never counted.
      settled: ({ input }) => {
        const own = begunBy(input.plugin);
        own.count = Math.max(0, own.count - 1);
        return Promise.resolve();
      },
      steps: [
        {
          name: 'run',
          title: 'Working',
          async run(context) {
            const { job, input, signal } = context;
            running.set(job, { plugin: input.plugin, context });
            try {
              await parts.carryOut(input, job, signal);
            } finally {
              running.delete(job);
            }
          },
        },
      ],
    },
    async start(jobs, plugin, name, input) {
      const own = begunBy(plugin);
      if (own.count >= mostAtOnce) throw refusals.tooOften({ limit: `${mostAtOnce} jobs at the same time` });
      if (!own.tokens.tryTake()) throw refusals.tooOften({ limit: `${mostAMinute} jobs a minute` });
      own.count += 1;
      const { job } = await jobs.start<Input>(kind, { plugin, name, title: parts.titleOf(plugin, name), input });
      return { job };
    },
    progress(plugin, job, done, total, say) {
      const found = running.get(job);
      if (found?.plugin !== plugin) throw refusals.notThere({ what: 'running job', name: job });
      if (say !== undefined) found.context.say(say);
      found.context.progress(done, total, 'steps');
    },
  };
}

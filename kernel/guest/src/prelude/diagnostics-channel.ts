/** `diagnostics_channel`: what some libraries tell whoever listens. */
type Hear = (message: unknown, name: string | symbol) => void;

export class Channel {
  readonly name: string | symbol;
  readonly #hearers = new Set<Hear>();

  constructor(name: string | symbol) {
    this.name = name;
  }

  get hasSubscribers(): boolean {
    return this.#hearers.size > 0;
  }

  subscribe(hear: Hear): void {
    this.#hearers.add(hear);
  }

  unsubscribe(hear: Hear): boolean {
    return this.#hearers.delete(hear);
  }

  publish(message: unknown): void {
    for (const hear of [...this.#hearers]) hear(message, this.name);
  }

  runStores(message: unknown, task: (...args: unknown[]) => unknown, self?: unknown, ...args: unknown[]): unknown {
    this.publish(message);
    return task.apply(self, args);
  }
}

const channels = new Map<string | symbol, Channel>();

function channel(name: string | symbol): Channel {
  const known = channels.get(name) ?? new Channel(name);
  channels.set(name, known);
  return known;
}

const phases = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;
type Phase = (typeof phases)[number];

function tracingChannel(name: string): object {
  const all = Object.fromEntries(phases.map((phase) => [phase, channel(`tracing:${name}:${phase}`)])) as Record<
    Phase,
    Channel
  >;
  return {
    ...all,
    get hasSubscribers() {
      return phases.some((phase) => all[phase].hasSubscribers);
    },
    subscribe: (hearers: Partial<Record<Phase, Hear>>) => {
      for (const phase of phases) if (hearers[phase] !== undefined) all[phase].subscribe(hearers[phase]);
    },
    unsubscribe: (hearers: Partial<Record<Phase, Hear>>) =>
      phases.every((phase) => hearers[phase] === undefined || all[phase].unsubscribe(hearers[phase])),
    traceSync: (task: (...args: unknown[]) => unknown, context: object = {}, self?: unknown, ...args: unknown[]) => {
      all.start.publish(context);
      try {
        return task.apply(self, args);
      } catch (error) {
        all.error.publish(Object.assign(context, { error }));
        throw error;
      } finally {
        all.end.publish(context);
      }
    },
    tracePromise: async (
      task: (...args: unknown[]) => unknown,
      context: object = {},
      self?: unknown,
      ...args: unknown[]
    ) => {
      all.start.publish(context);
      try {
        return await task.apply(self, args);
      } catch (error) {
        all.error.publish(Object.assign(context, { error }));
        throw error;
      } finally {
        all.asyncEnd.publish(context);
      }
    },
  };
}

export const diagnosticsChannel = {
  Channel,
  channel,
  tracingChannel,
  hasSubscribers: (name: string | symbol) => channels.get(name)?.hasSubscribers ?? false,
  subscribe: (name: string | symbol, hear: Hear) => channel(name).subscribe(hear),
  unsubscribe: (name: string | symbol, hear: Hear) => channel(name).unsubscribe(hear),
};

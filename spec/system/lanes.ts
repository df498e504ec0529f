/** Long suites on several servers beside each other: most of what they take is waiting. */

export interface Lanes<Item, Outcome> {
  /** Settles once that item was worked on. */
  of(item: Item): Promise<Outcome>;
  /** Resolves once all were, however it went. */
  readonly over: Promise<void>;
}

/** Each server takes the next item as soon as it is done with one. */
export function lanes<Server, Item, Outcome>(
  servers: readonly Server[],
  items: readonly Item[],
  work: (server: Server, item: Item) => Promise<Outcome>,
): Lanes<Item, Outcome> {
  const outcomes = new Map(items.map((item) => [item, Promise.withResolvers<Outcome>()]));
  for (const { promise } of outcomes.values()) promise.catch(() => undefined);
  const waiting = [...outcomes];
  const lane = async (server: Server): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [item, outcome] = next;
      await work(server, item).then(outcome.resolve, outcome.reject);
    }
  };
  return {
    of(item) {
      const outcome = outcomes.get(item);
      if (outcome === undefined) throw new Error(`Nobody works on ${String(item)}`);
      return outcome.promise;
    },
    over: Promise.all(servers.map(lane)).then(() => undefined),
  };
}

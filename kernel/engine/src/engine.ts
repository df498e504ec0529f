/** Puts the engine together: machine, watch, server. */
import { chmod, mkdir } from 'node:fs/promises';
import type { EngineConfig } from '@hearth/contract';
import { watchContainers } from './containers/watch.ts';
import { errors } from './errors.ts';
import { machineOf } from './host/machine.ts';
import { predecessorGone } from './host/predecessor.ts';
import { serve } from './server/server.ts';
import { dispatch } from './verbs/dispatch.ts';
import { sweepUnfinished } from './volumes/sweep.ts';

export interface Engine {
  /** Ends what is at work and undoes what is half done; containers, nginx and dnsmasq go on. */
  stop(): Promise<void>;
}

/** Adopts the containers that run and serves the port, once nothing of an earlier engine is at work. */
export async function startEngine(config: EngineConfig, log: (line: string) => void): Promise<Engine> {
  const machine = machineOf(config);
  await mkdir(config.run, { recursive: true, mode: 0o711 });
  await chmod(config.run, 0o711);
  await predecessorGone(config, machine.layout.socket);
  await sweepUnfinished(machine);
  const watch = await watchContainers(machine);
  let stopping = false;
  const server = await serve(
    machine.layout.socket,
    config.user,
    (verb, input, call) => {
      if (stopping) throw errors.stopping({ verb });
      return dispatch({ machine, watch }, verb, input, call);
    },
    (cause, verb) => log(`${verb}: ${describe(cause)}`),
  );
  machine.events.on('event', (event, value) => server.tell(event, value as never));
  return {
    stop: async () => {
      stopping = true;
      watch.close();
      await server.close();
    },
  };
}

/** With its causes, for the journal; the other side hears the error alone. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const because = cause.cause === undefined ? '' : ` (because ${describe(cause.cause)})`;
  return `${cause.stack ?? cause.message}${because}`;
}

/** Runs one plugin against the kernel's real store and events, without the rest of the kernel. */
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  CallContext,
  Log,
  Places,
  PluginDeclaration,
  PluginInstance,
  PluginScope,
  RefMap,
  Resolved,
  Slice,
} from '@hearth/contract';
import { createEvents } from '../../kernel/core/src/events.ts';
import { createLog } from '../../kernel/core/src/log.ts';
import { MemoryJournal } from '../../kernel/core/src/state/memory-journal.ts';
import { openStore } from '../../kernel/core/src/state/store.ts';

export const silentLog: Log = createLog('silent');

export interface StartedPlugin<Config, State, Secret, P> {
  readonly instance: PluginInstance<P>;
  readonly scope: PluginScope<Config, State, Secret>;
  readonly events: ReturnType<typeof createEvents>;
  /** Calls a method as the dispatcher would: input and output go through their schemas. */
  call(method: string, input?: unknown): Promise<any>;
  ready(): Promise<void>;
  /** Stops it; `again` starts another instance upon the same journal, as after a restart of the kernel. */
  stop(): Promise<void>;
}

export interface PluginBed {
  readonly folder: string;
  readonly places: Places;
  start<R extends RefMap, Config, State, Secret, P>(
    plugin: PluginDeclaration<R, Config, State, Secret, P>,
    needs: Resolved<R>,
    config?: unknown,
  ): Promise<StartedPlugin<Config, State, Secret, P>>;
  remove(): Promise<void>;
}

export async function pluginBed(ports = { https: 8443, http: 8080 }): Promise<PluginBed> {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-plugin-'));
  const places: Places = {
    data: join(folder, 'data'),
    run: join(folder, 'run'),
    staging: join(folder, 'data', 'staging'),
    runtime: join(folder, 'runtime'),
    httpsPort: ports.https,
    httpPort: ports.http,
    kernelSocket: join(folder, 'run', 'kernel.sock'),
  };
  for (const path of [places.staging, places.run, places.runtime, join(places.data, 'proxy')]) {
    await mkdir(path, { recursive: true });
  }
  const journal = new MemoryJournal();

  return {
    folder,
    places,
    async start(plugin, needs, config) {
      const store = await openStore(journal, { log: silentLog });
      const events = createEvents(silentLog);
      const undo: (() => void | Promise<void>)[] = [];
      const slice = <T>(
        declared: { schema: any; initial: T; volatile?: boolean } | undefined,
        hidden: boolean,
      ): Slice<T> =>
        store.slice<T>({
          name: hidden ? `${plugin.id}.secret` : plugin.id,
          ...(declared ?? { schema: undefined as never, initial: {} as T }),
          private: hidden,
        });
      const home = join(places.data, 'kernel', 'plugins', plugin.id);
      await mkdir(home, { recursive: true, mode: 0o700 });
      const scope = {
        id: plugin.id,
        log: silentLog,
        config: plugin.config?.parse(config) ?? {},
        state: plugin.state === undefined ? undefined : slice(plugin.state, false),
        secret: plugin.secret === undefined ? undefined : slice(plugin.secret, true),
        events,
        folder: home,
        places,
        onStop: (_what: string, back: () => void | Promise<void>) => undo.push(back),
      } as unknown as PluginScope<any, any, any>;
      const instance = plugin.setup(needs, scope);
      const signal = new AbortController().signal;
      await instance.start?.(signal);
      return {
        instance,
        scope,
        events,
        async call(name, input = {}) {
          const method = instance.methods?.find((one) => one.name === name);
          if (method === undefined) throw new Error(`no method ${name}`);
          const context: CallContext = { principal: { kind: 'root' }, callId: 'test', signal, log: silentLog };
          return method.output.parse(await method.run(method.input.parse(input), context));
        },
        ready: async () => instance.ready?.(signal),
        async stop() {
          await instance.stop?.(signal);
          for (const back of undo.toReversed()) await back();
          await store.close();
        },
      };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

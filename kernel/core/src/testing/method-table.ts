/** The whole method table of a kernel with these plugins, without booting it: set-up does no I/O. */
import { type AnyMethod, type AnyPlugin, engineRef, type Places, serverRef } from '@hearth/contract';
import { createAudit } from '../audit/audit.ts';
import { methodTable, withKernelParts } from '../assembly.ts';
import { createEvents } from '../events.ts';
import { factories } from '../factories.ts';
import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { kernelMethods } from '../rpc/kernel-methods.ts';
import { createKeeper } from '../recovery/keeper.ts';
import { Snapshots } from '../recovery/snapshots.ts';
import { createServer } from '../server.ts';
import { MemoryJournal } from '../state/memory-journal.ts';
import { openStore } from '../state/store.ts';
import { Supervisor } from '../supervisor.ts';
import { fakeEngine } from './fake-engine.ts';

/** In order of their names. Throws what set-up throws. */
export async function methodsOf(plugins: readonly AnyPlugin[]): Promise<readonly AnyMethod[]> {
  const log = createLog('silent');
  const nowhere = '/nonexistent';
  const flags = ['--data', `${nowhere}/data`, '--run', `${nowhere}/run`, '--runtime', `${nowhere}/runtime`];
  const config = loadConfig({ plugins, flags, environment: {}, systemFile: `${nowhere}/system.json` });
  const places: Places = {
    data: config.data,
    run: config.run,
    staging: `${config.data}/staging`,
    runtime: config.runtime,
    httpsPort: config.port,
    httpPort: config.httpPort,
    kernelSocket: `${config.run}/kernel.sock`,
  };
  const store = await openStore(new MemoryJournal(), { log });
  const events = createEvents(log);
  const clock = { now: () => 0 };
  const engine = fakeEngine();
  const server = createServer({ store, events, clock });
  const given = new Map<string, unknown>([
    [engineRef.id, engine],
    [serverRef.id, server],
  ]);
  const parts = { config, log, places, store, events, engine, clock };
  const whole = withKernelParts(plugins, parts, factories, given, () => supervisor);
  const snapshots = new Snapshots(nowhere);
  const recovery = {
    ...{ folder: nowhere, snapshots, damage: null, restart: null },
    keeper: createKeeper({ store, snapshots, version: '', clock, log }),
    bundle: () => Promise.resolve({}),
  };
  const audit = createAudit({ folder: nowhere, log, now: clock.now });
  const supervisor = new Supervisor(whole.plugins, {
    ...{ log, store, places, events, given, config: config.plugins },
    deadlineScale: 1,
    report: () => undefined,
  });
  supervisor.setup();
  const failed = supervisor.rows.find(({ error }) => error !== null);
  if (failed !== undefined) throw new Error(`Cannot set up plugin "${failed.plugin}": ${failed.error?.message ?? ''}`);
  const rows = methodTable(kernelMethods({ store, server, audit, recovery, rescueCode: () => null }), supervisor);
  return rows.map(({ method }) => method).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * A package without a machine: its script is bundled as it would be packed, and run with files in memory, programs that do
 * what a test says, and time that passes a thousand times as fast.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { bundleScript } from '../pack/bundle.ts';
import { readRecipe } from '../pack/recipe.ts';
import type { ActionForm } from '../script/actions.ts';
import type { ServiceExports } from '../script/define-service.ts';
import type { ActionResult, CheckResult } from '../script/effects.ts';
import { FakeMachine, type FakeProgram, until } from './fake-machine.ts';
import { fakeRequire } from './fake-modules.ts';

export interface PackageUnderTest {
  readonly manifest: ServiceExports['manifest'];
  /** Everything the package did and meets: effects it called, programs it started, files it wrote. */
  readonly machine: FakeMachine;
  /** As after an installation. */
  install(): Promise<void>;
  /** As when its container starts. */
  boot(): Promise<void>;
  /** As after an update, with data of version `from`. */
  update(from: string): Promise<void>;
  /** As before a downgrade to `version`; null: as before it is uninstalled. */
  leave(version: string | null): Promise<void>;
  /** Starts its daemons. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What an action asks, and what its form holds. */
  form(action: string): Promise<ActionForm | null>;
  /** Runs an action with what the owner entered; refuses what its form refuses. */
  run(action: string, input?: object): Promise<ActionResult | null>;
  backup(): Promise<void>;
  restore(): Promise<void>;
  /** The text of a file in a volume; null where there is none. */
  read(volume: string, file: string): string | null;
  /** Writes it as a program of the service would. */
  write(volume: string, file: string, text: string): void;
  /** What was last told of each health check. */
  readonly health: Readonly<Record<string, CheckResult>>;
  /** Programs that run now, by their command lines. */
  readonly running: readonly FakeProgram[];
  /** Waits for something to become true; fails after some seconds with what was waited for. */
  until(condition: () => boolean, what: string): Promise<void>;
}

/** Opens the package in `folder`, one with recipe.json or a script alone. */
export async function openPackage(folder: string): Promise<PackageUnderTest> {
  const entry = existsSync(join(folder, 'recipe.json')) ? (await readRecipe(folder)).script : 'package.ts';
  return openBundle((await bundleScript(join(folder, entry))).code);
}

/** Opens a package that is already one CommonJS file. */
export function openBundle(code: string): PackageUnderTest {
  const machine = new FakeMachine();
  const service = load(code, machine);
  const { effects } = machine;
  let running: { term(): Promise<void> } | null = null;
  const path = (volume: string, file: string) => `/media/startos/volumes/${volume}/${file}`;
  const action = (id: string) => {
    const found = service.actions.get(id);
    if (found === undefined) throw new Error(`There is no action "${id}"`);
    return found;
  };
  return {
    manifest: service.manifest,
    machine,
    install: () => service.init({ effects, kind: 'install' }),
    boot: () => service.init({ effects, kind: null }),
    async update(from) {
      machine.dataVersion = from;
      await service.init({ effects, kind: 'update' });
    },
    leave: (version) => service.uninit({ effects, target: version }),
    async start() {
      effects.constRetry = () => void effects.restart();
      running = await (await service.main({ effects })).build();
    },
    async stop() {
      await machine.leaveContext();
      await running?.term();
      running = null;
    },
    form: (id) => action(id).getInput({ effects }),
    run: (id, input) => action(id).run({ effects, input }),
    backup: () => service.createBackup({ effects }),
    restore: () => service.init({ effects, kind: 'restore' }),
    read: (volume, file) => machine.files.get(path(volume, file)) ?? null,
    write: (volume, file, text) => machine.write(path(volume, file), text),
    get health() {
      const told = machine.named('setHealth') as { id: string; result: CheckResult }[];
      return Object.fromEntries(told.map(({ id, result }) => [id, result]));
    },
    get running() {
      return machine.programs.filter(({ ended, argv }) => !ended && argv.includes('exec'));
    },
    until,
  };
}

const faster = 1000;

/** Globals are shadowed rather than replaced: the test has its own clock. */
function load(code: string, machine: FakeMachine): ServiceExports {
  const module = { exports: {} };
  const later = (work: () => void, milliseconds = 0) => setTimeout(work, milliseconds / faster);
  const globals = {
    module,
    exports: module.exports,
    require: fakeRequire(machine),
    setTimeout: later,
    fetch: machine.fetch,
    console: { ...console, log: machine.host.log, info: machine.host.log, warn: machine.host.log },
  };
  const wrapper = new Script(`(function (${Object.keys(globals).join(', ')}) {${code}\n})`, { filename: 'index.js' });
  (wrapper.runInThisContext() as (...values: unknown[]) => void)(...Object.values(globals));
  return module.exports as ServiceExports;
}

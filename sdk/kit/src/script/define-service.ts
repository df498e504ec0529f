/** `defineService`: a package, told as one value, becomes the exports its host calls. */
import { type AnyAction, exportActions, type ExportedActions } from './actions.ts';
import { backUp, restore } from './backup.ts';
import { type AnyContext, makeContext, type Parts } from './context.ts';
import type { Definition } from './definition.ts';
import { dependOn } from './dependencies.ts';
import type { Effects } from './effects.ts';
import { type Host, host as nodeHost } from '../node/host.ts';
import { exportInterfaces } from './interfaces.ts';
import { buildManifest, type PackageManifest } from './manifest.ts';
import { migrateDown, migrateUp } from './migrations.ts';
import { rerun } from './rerun.ts';
import { makeSecrets, secretActions, secretVolume } from './secrets.ts';
import { keepRegistered, signOnSecret } from './sign-on.ts';
import { superviseAll } from './supervise.ts';
import { type AnyDefinition, refuseMistakes } from './whole.ts';

interface Printed {
  toString(): string;
}

/** What the host finds in a package: StartOS's ABI. */
export interface ServiceExports {
  readonly manifest: PackageManifest;
  readonly init: (options: { effects: Effects; kind: 'install' | 'update' | 'restore' | null }) => Promise<void>;
  /** `target`: a version or a range of them, as text or as an object that prints as one; null when it is uninstalled. */
  readonly uninit: (options: { effects: Effects; target: Printed | null }) => Promise<void>;
  readonly main: (options: { effects: Effects }) => Promise<{ build(): Promise<{ term(): Promise<void> }> }>;
  readonly createBackup: (options: { effects: Effects }) => Promise<void>;
  readonly actions: ExportedActions;
}

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- without any there is no name of one
type None = Record<never, unknown>;

/**
 * Makes a package of its definition. Export what it answers:
 * `export const { manifest, init, uninit, main, createBackup, actions } = defineService({ ... })`.
 *
 * @param host the machine below; tests hand in one of their own
 * @throws while the script is loaded, in words for the packager, when the definition contradicts itself
 */
export function defineService<
  const V extends string,
  const I extends string,
  const D extends string,
  const F extends Readonly<Record<string, unknown>> = None,
  const N extends string = never,
  const C extends Readonly<Record<string, unknown>> = None,
  const S extends string = never,
  const P extends string = never,
>(told: Definition<V, I, D, F, N, C, S, P>, host: Host = nodeHost): ServiceExports {
  // From here on names are texts: the compiler has done its part.
  const definition = told as unknown as AnyDefinition;
  refuseMistakes(definition);
  const {
    about,
    signOn,
    addressProvider,
    migrations = {},
    interfaces = {},
    dependencies = {},
    files = {},
  } = definition;
  const secrets = { ...definition.secrets, ...(signOn && { [signOnSecret]: { name: 'Client secret', length: 48 } }) };
  const keeps = Object.keys(secrets).length > 0;
  const volumes = keeps ? [...definition.volumes, secretVolume] : definition.volumes;
  const backup = keeps ? [...definition.backup, secretVolume] : definition.backup;
  const kept = backup.map((entry) => (typeof entry === 'string' ? { volume: entry, exclude: [] } : entry));
  const parts: Parts = {
    id: about.id,
    volumes,
    files,
    secrets,
    interfaces: Object.keys(interfaces),
    dependencies: Object.keys(dependencies),
    signOn,
  };
  const context = (effects: Effects): AnyContext => makeContext(effects, host, parts);
  const actionTable = { ...definition.actions, ...(secretActions(secrets) as Record<string, AnyAction>) };
  const actions = exportActions(actionTable, context);

  /** No data version: nothing was ever installed here. Another one than ours: data to be migrated. */
  async function bringData(effects: Effects, restored: boolean): Promise<void> {
    const found = await effects.getDataVersion();
    const reached = (version: string) => effects.setDataVersion({ version });
    if (found === about.version) return;
    // Restored data is never installed over, also where nobody knows its version.
    if (found === null) await (restored ? undefined : definition.install?.(context(effects)));
    else {
      await definition.migrate?.(context(effects), found);
      await migrateUp(migrations, context(effects), found, about.version, reached);
    }
    await reached(about.version);
  }

  async function writeInitialFiles(effects: Effects): Promise<void> {
    const handles = context(effects).files as Readonly<
      Record<string, { readonly path: string; write(value: unknown): Promise<void> }>
    >;
    for (const [name, { initial }] of Object.entries(files)) {
      const handle = handles[name];
      if (initial !== null && handle !== undefined && !(await host.files.exists(handle.path)))
        await handle.write(initial);
    }
  }

  return {
    manifest: buildManifest({
      ...{ about, images: definition.images, volumes, dependencies, migrations },
      plugins: addressProvider === undefined ? [] : [addressProvider.plugin.id],
    }),
    actions,

    async init({ effects, kind }) {
      if (kind === 'restore') {
        await restore(effects, host, kept);
        await definition.afterRestore?.(context(effects));
      }
      await makeSecrets(host, secrets);
      await writeInitialFiles(effects);
      await bringData(effects, kind === 'restore');
      await rerun(effects, host, 'prepare', async (own) => definition.prepare?.(context(own)));
      await exportInterfaces(effects, interfaces);
      await dependOn(effects, dependencies, context(effects), kind === 'install');
      const ids = Object.keys(actionTable);
      for (const id of ids) await actions.get(id)?.exportMetadata({ effects });
      await effects.action.clear({ except: ids });
      if (addressProvider !== undefined)
        await rerun(effects, host, 'addresses', (own) =>
          addressProvider.plugin.give(own, host, addressProvider, context(own)),
        );
      if (kind !== 'install') return;
      for (const [id, task] of Object.entries(definition.askAtInstall ?? {}))
        if (task !== undefined) await context(effects).ask(id, task);
    },

    /** `null`: it is uninstalled. A version or a range: the data goes back to it, if it is older. */
    async uninit({ effects, target }) {
      if (target === null) return definition.uninstall?.(context(effects));
      const found = await effects.getDataVersion();
      const reached = (version: string) => effects.setDataVersion({ version });
      if (found !== null) await migrateDown(migrations, context(effects), target.toString(), found, reached);
    },

    main({ effects }) {
      const supervisor = superviseAll(definition, effects, host, context);
      return Promise.resolve({
        async build() {
          try {
            await supervisor.start(effects);
          } catch (error) {
            await supervisor.stop();
            throw error;
          }
          if (signOn !== undefined)
            void keepRegistered(context(effects), host, about.id, signOn).catch((error: unknown) =>
              host.log(String(error)),
            );
          return { term: () => supervisor.stop() };
        },
      });
    },

    async createBackup({ effects }) {
      try {
        await definition.beforeBackup?.(context(effects));
        await backUp(effects, host, kept);
      } finally {
        await definition.afterBackup?.(context(effects));
      }
    },
  };
}

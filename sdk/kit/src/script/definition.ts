/** The shape of a whole package, and how its names are inferred. */
import type { ConfigFile } from '../files/config-file.ts';
import type { AddressProvider } from './address-provider.ts';
import type { Context, Task } from './context.ts';
import type { Migrations } from './migrations.ts';
import type { Secret } from './secrets.ts';
import type { SignOn } from './sign-on.ts';
import type { About, Action, BackupVolume, Daemon, Dependency, HealthCheck, Image, Interface } from './types.ts';

type Table = Readonly<Record<string, unknown>>;

/** Actions of a package: its own, and those the kit makes for secrets that are shown. */
export type ActionId<F, S extends string> = (keyof F & string) | `show-${S}`;

/**
 * A package, told as one value. `V` are the names of its volumes, `I` of its images, `D` of its daemons, `N` of its
 * interfaces, `S` of its secrets, `P` of its dependencies; `F` are its actions by what they ask, `C` its configuration files
 * by what they hold. All of them are inferred: a name that was not declared is a compile error where it is used.
 */
export interface Definition<
  V extends string,
  I extends string,
  D extends string,
  F extends Table,
  N extends string,
  C extends Table,
  S extends string,
  P extends string,
  /** What hooks, actions and daemons get; follows from the others. */
  X = ContextOf<NoInfer<V>, NoInfer<I>, NoInfer<F>, NoInfer<N>, NoInfer<C>, NoInfer<S>, NoInfer<P>>,
> {
  readonly about: About;
  readonly images: Readonly<Record<I, Image>>;
  readonly volumes: readonly V[];
  readonly interfaces?: Readonly<Record<N, Interface>>;
  readonly daemons: Readonly<Record<D, Daemon<NoInfer<V>, NoInfer<I>, NoInfer<D>, NoInfer<P>, X>>>;
  readonly checks?: Readonly<Record<string, HealthCheck<NoInfer<D>>>>;
  readonly actions?: { readonly [action in keyof F]: Action<X, F[action]> };
  /** Configuration files with their models: `jsonFile`, `yamlFile`, `tomlFile`, `iniFile`, `envFile`, `xmlFile`, `rawFile`. */
  readonly files?: { readonly [file in keyof C]: ConfigFile<NoInfer<V>, C[file]> };
  /** Passwords and tokens, made when they are first needed and part of every backup. */
  readonly secrets?: Readonly<Record<S, Secret>>;
  readonly dependencies?: Readonly<Record<P, Dependency<X>>>;
  readonly signOn?: SignOn<NoInfer<P>, NoInfer<N>>;
  /** Gives addresses to the services of others. */
  readonly addressProvider?: AddressProvider<keyof NoInfer<F> & string, X>;
  /** What a backup keeps: volumes, wholly or without some paths. Secrets come by themselves. */
  readonly backup: readonly (NoInfer<V> | BackupVolume<NoInfer<V>>)[];
  /** Before volumes are copied: a dump of what cannot be copied while it is written. Throwing fails the backup. */
  beforeBackup?(context: X): Promise<void>;
  /** After volumes were copied, also when that failed. */
  afterBackup?(context: X): Promise<void>;
  /** After the volumes were filled from a backup, before `migrations` and `prepare`. */
  afterRestore?(context: X): Promise<void>;
  /** On the first start after an installation, before anything runs. Not after a restore. */
  install?(context: X): Promise<void>;
  /** When data of another version is found, before `migrations`. Most packages need only those. */
  migrate?(context: X, from: string): Promise<void>;
  /** What changed in the data, by the version that changed it. */
  readonly migrations?: Migrations<X>;
  /** At every start of the container, after all of the above: things that must always hold. Run again when what it relies on changes. */
  prepare?(context: X): Promise<void>;
  /** When it is uninstalled, its data still there. */
  uninstall?(context: X): Promise<void>;
  /** Things the owner should do once; shown until done. */
  readonly askAtInstall?: { readonly [action in ActionId<NoInfer<F>, NoInfer<S>>]?: Task };
}

export type ContextOf<
  V extends string,
  I extends string,
  F,
  N extends string,
  C,
  S extends string,
  P extends string,
> = Context<V, I, { interfaces: N; files: C & object; secrets: S; dependencies: P; actions: ActionId<F, S> }>;

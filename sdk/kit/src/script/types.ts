/**
 * What a package is, as its script tells it. `V` are the names of its volumes, `I` of its images, `D` of its daemons:
 * a name that was not declared is a compile error where it is used.
 */
import type { Check } from './checks.ts';
import type { Context } from './context.ts';
import type { ActionResult } from './effects.ts';
import type { Fields, Values } from './input.ts';
import type { MountOptions } from './subcontainer.ts';

/** One text, or one per locale (`en_US`). */
export type Localised = string | Readonly<Record<string, string>>;

export interface Image {
  /** `x86_64`, `aarch64`. */
  readonly arch: readonly string[];
  readonly emulateMissingAs?: string;
}

export interface About {
  readonly id: string;
  readonly title: string;
  /** Upstream's version and the packager's revision: `1.19.2:0`. */
  readonly version: string;
  readonly releaseNotes: Localised;
  readonly license: string;
  readonly description: { readonly short: Localised; readonly long: Localised };
  readonly packageRepo: string;
  readonly upstreamRepo: string;
  readonly marketingUrl?: string | null;
  readonly donationUrl?: string | null;
  /** Which versions' data this one can take over, and which can take over from it. Without a word: what is older, and itself. */
  readonly canMigrateFrom?: string;
  readonly canMigrateTo?: string;
  readonly hardwareRequirements?: {
    readonly ram?: number | null;
    readonly arch?: readonly string[] | null;
  };
}

/** A port of the service that people or other services reach. */
export interface Interface {
  readonly name: string;
  readonly description: string;
  /** `ui` opens in a browser, `api` is for programs, `p2p` for peers. */
  readonly type: 'ui' | 'p2p' | 'api';
  readonly port: number;
  /** The port asked for outside; the same one unless told. */
  readonly externalPort?: number;
  /** `http`: Hearth ends TLS in front of it. `tls`: the same for what is not HTTP. `tcp`: handed on as it is. */
  readonly protocol: 'http' | 'tls' | 'tcp';
  /** The service encrypts by itself. Only for `tcp`. */
  readonly encrypted?: boolean;
  /** `https` and the like for addresses; what the protocol says unless told. */
  readonly scheme?: string;
  /** Behind the address: `/admin`. */
  readonly path?: string;
  /** The address is a secret. */
  readonly masked?: boolean;
}

export interface Ready {
  /** As it stands in the list of health checks; null keeps it to ourselves. */
  readonly name: string | null;
  readonly check: Check;
  /** Failures this long after the start count as starting. 10,000 unless told. */
  readonly graceMs?: number;
}

export interface Daemon<V extends string, I extends string, D extends string> {
  readonly image: I;
  readonly command: readonly string[] | ((context: Context<V, I>) => Promise<readonly string[]>);
  readonly user?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts?: { readonly [volume in V]?: string | MountOptions };
  /** Daemons that must be ready before this one starts, and that stop only after it. */
  readonly requires?: readonly D[];
  /** Null: ready as soon as it runs. */
  readonly ready: Ready | null;
  /** How long it may take to end by itself when it is told to. 60,000 unless told. */
  readonly stopWithinMs?: number;
}

export interface HealthCheck<D extends string> {
  readonly name: string;
  readonly check: Check;
  /** Waiting until these are ready. */
  readonly requires?: readonly D[];
  readonly graceMs?: number;
}

export interface Action<V extends string, I extends string, F = unknown> {
  readonly name: string;
  readonly description: string;
  readonly warning?: string;
  readonly group?: string;
  /** Unless told, at any time. */
  readonly when?: 'only-running' | 'only-stopped' | 'any';
  readonly hidden?: boolean;
  /** Who besides the owner: packages that depend on this one, or all. Unless told, nobody. */
  readonly access?: 'dependent' | 'public';
  /** What it asks; see `fields`. */
  readonly input?: F & Fields;
  /** What the form holds when it is opened, besides the defaults. */
  prefill?(context: Context<V, I>): Promise<Readonly<Record<string, unknown>> | null>;
  run(context: Context<V, I>, input: Values<F>): Promise<ActionResult | null>;
}

/** Something the owner should do in a package this one depends on. */
export interface DependencyTask<V extends string, I extends string> {
  /** An action of that package. */
  readonly action: string;
  readonly severity: 'optional' | 'important' | 'critical';
  readonly reason: string;
  /** What its form is filled with. */
  input?(context: Context<V, I>): Promise<Readonly<Record<string, unknown>>>;
}

/** Another package this one needs. */
export interface Dependency<V extends string, I extends string> {
  readonly description: Localised;
  readonly optional?: boolean;
  /** `>=15:0`; see the page on versions. */
  readonly versionRange: string;
  /** `running`: it must run, with these health checks green; `exists`: installed is enough. */
  readonly needs: 'exists' | { readonly running: readonly string[] };
  readonly task?: DependencyTask<V, I>;
}

export interface Definition<
  V extends string,
  I extends string,
  D extends string,
  F extends Readonly<Record<string, unknown>>,
> {
  readonly about: About;
  readonly images: Readonly<Record<I, Image>>;
  readonly volumes: readonly V[];
  readonly interfaces?: Readonly<Record<string, Interface>>;
  readonly daemons: Readonly<Record<D, Daemon<NoInfer<V>, NoInfer<I>, NoInfer<D>>>>;
  readonly checks?: Readonly<Record<string, HealthCheck<NoInfer<D>>>>;
  readonly actions?: { readonly [action in keyof F]: Action<NoInfer<V>, NoInfer<I>, F[action]> };
  /** What a backup keeps: volumes, wholly or without some paths. */
  readonly backup: readonly (NoInfer<V> | { readonly volume: NoInfer<V>; readonly exclude: readonly string[] })[];
  readonly dependencies?: Readonly<Record<string, Dependency<NoInfer<V>, NoInfer<I>>>>;
  /** On the first start after an installation, before anything runs. Not after a restore. */
  install?(context: Context<NoInfer<V>, NoInfer<I>>): Promise<void>;
  /** When data of another version is found. */
  migrate?(context: Context<NoInfer<V>, NoInfer<I>>, from: string): Promise<void>;
  /** At every start of the container, after `install` and `migrate`: things that must always hold. */
  prepare?(context: Context<NoInfer<V>, NoInfer<I>>): Promise<void>;
  /** Things the owner should do once; shown until done. */
  readonly askAtInstall?: Readonly<
    Partial<
      Record<
        NoInfer<keyof F & string>,
        { readonly severity: 'optional' | 'important' | 'critical'; readonly reason: string }
      >
    >
  >;
}

/**
 * What a package is, as its script tells it. `V` are the names of its volumes, `I` of its images, `D` of its daemons:
 * a name that was not declared is a compile error where it is used.
 */
import type { Check } from './checks.ts';
import type { ImageCommand, Limits } from './command.ts';
import type { Mounts } from './context.ts';
import type { ActionResult } from './effects.ts';
import type { Fields, Values } from './input.ts';

/** One text, or one per locale (`en_US`). */
export type Localised = string | Readonly<Record<string, string>>;

/** An image of the package, by what machines it is for; what it is made of stands in recipe.json. */
export interface Image {
  /** `x86_64`, `aarch64`. */
  readonly arch: readonly string[];
  /** On machines none of `arch` fits: run the image of this one by emulation. */
  readonly emulateMissingAs?: string;
}

/** What a package says of itself, to people and to servers. */
export interface About {
  /** Small letters and digits, in words joined by hyphens; the same as in recipe.json, and for ever. */
  readonly id: string;
  readonly title: string;
  /** Upstream's version and the packager's revision: `1.19.2:0`. */
  readonly version: string;
  /** What is new in this version, for its owner. */
  readonly releaseNotes: Localised;
  /** SPDX: `MIT`, `GPL-2.0-only OR GPL-3.0-only`. */
  readonly license: string;
  /** `short`: half a line in a list; `long`: a paragraph. */
  readonly description: { readonly short: Localised; readonly long: Localised };
  /** Where the package's own source is, and that of the program. */
  readonly packageRepo: string;
  readonly upstreamRepo: string;
  readonly marketingUrl?: string | null;
  readonly donationUrl?: string | null;
  /** Which versions' data this one can take over, and which can take over from it. Without a word: what is older; and how far back `migrations` go. */
  readonly canMigrateFrom?: string;
  readonly canMigrateTo?: string;
  readonly hardwareRequirements?: {
    /** Bytes. */
    readonly ram?: number | null;
    /** `x86_64`, `aarch64`. */
    readonly arch?: readonly string[] | null;
  };
  /** How much of the machine it may use; the owner's word counts more. */
  readonly limits?: {
    /** Bytes; a program that wants more is ended. */
    readonly memory?: number;
    /** Share of a busy processor: 100 is what others have. */
    readonly cpuWeight?: number;
    /** Processes at once. */
    readonly pids?: number;
    /** Share of a busy disk: 100 is what others have. */
    readonly ioWeight?: number;
    /** Bytes of all its volumes together. */
    readonly disk?: number;
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
  /** Only for packages that depend on this one: no address outside, nothing for people to see. */
  readonly internal?: boolean;
}

/** How it is found out whether a daemon is ready, and who is told. */
export interface Ready {
  /** As it stands in the list of health checks; null keeps it to ourselves. */
  readonly name: string | null;
  readonly check: Check;
  /** Failures this long after the start count as starting. 10,000 unless told. */
  readonly graceMs?: number;
}

/** A folder of another package's volume, as that package lets others see it. */
export interface DependencyMount<P extends string> {
  /** One of `dependencies`. */
  readonly dependency: P;
  /** A volume of it. */
  readonly volume: string;
  /** Where it appears inside. */
  readonly at: string;
  /** Only this folder of the volume. */
  readonly subpath?: string;
  /** False lets the daemon write there. True unless told. */
  readonly readonly?: boolean;
}

/** Signals that programs end at, each in its own way. */
export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGWINCH';

/** One program that is kept running, or with `once` run to success. `C` is what its functions get. */
export interface Daemon<V extends string, I extends string, D extends string, P extends string, C> {
  /** Which image it runs in, in a tree of its own. */
  readonly image: I;
  /** Program and arguments; `fromImage()` for what the image itself would run; or a function that answers either at each start. */
  readonly command: readonly string[] | ImageCommand | ((context: C) => Promise<readonly string[] | ImageCommand>);
  /** Of the image; the image's own unless told. */
  readonly user?: string;
  /** Working folder; the image's own unless told. */
  readonly cwd?: string;
  /** On top of the image's own variables; or a function that answers them at each start. */
  readonly env?: Readonly<Record<string, string>> | ((context: C) => Promise<Readonly<Record<string, string>>>);
  /** How much of the machine it may take. */
  readonly limits?: Limits;
  /** Volumes by where they appear inside. */
  readonly mounts?: Mounts<V>;
  /** Where the package's `assets` appear inside, for reading. */
  readonly assets?: string;
  readonly dependencyMounts?: readonly DependencyMount<P>[];
  /** Daemons that must be ready before this one starts, and that stop only after it. */
  readonly requires?: readonly D[];
  /** It is not kept running: it is ready when it has ended with 0, and tried again until then. */
  readonly once?: boolean;
  /** Null: ready as soon as it runs, or with `once` when it is done. */
  readonly ready: Ready | null;
  /** How long it may take to end by itself when it is told to. 60,000 unless told. */
  readonly stopWithinMs?: number;
  /** What tells it to end, where the usual one means something else to it. `SIGTERM` unless told. */
  readonly stopSignal?: StopSignal;
}

/** A check of the whole service that belongs to no daemon. */
export interface HealthCheck<D extends string> {
  readonly name: string;
  readonly check: Check;
  /** Waiting until these are ready. */
  readonly requires?: readonly D[];
  readonly graceMs?: number;
}

/** Something the owner can ask of the service. `C` is what its functions get, `F` what it asks. */
export interface Action<C, F = unknown> {
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
  prefill?(context: C): Promise<Readonly<Record<string, unknown>> | null>;
  run(context: C, input: Values<F>): Promise<ActionResult | null>;
}

/** Something the owner should do in a package this one depends on. */
export interface DependencyTask<C> {
  /** An action of that package. */
  readonly action: string;
  readonly severity: 'optional' | 'important' | 'critical';
  readonly reason: string;
  /** What its form is filled with. */
  input?(context: C): Promise<Readonly<Record<string, unknown>>>;
}

/** Another package this one needs. */
export interface Dependency<C> {
  readonly description: Localised;
  readonly optional?: boolean;
  /** `>=15:0`; see the page on versions. */
  readonly versionRange: string;
  /** `running`: it must run, with these health checks green; `exists`: installed is enough. */
  readonly needs: 'exists' | { readonly running: readonly string[] };
  readonly task?: DependencyTask<C>;
}

/** What a backup keeps of a volume. */
export interface BackupVolume<V extends string> {
  readonly volume: V;
  /** Paths that are left out, as rsync's `--exclude` takes them. */
  readonly exclude: readonly string[];
}

/**
 * The effects a package script is handed: what it may ask of the host. The names and shapes are StartOS's, so that the
 * same script runs on either. Only what the kit itself or a hook may need is typed here.
 */

/** What came out of a health check. `success` and `disabled` count as ready. */
export type CheckResult = 'success' | 'disabled' | 'starting' | 'waiting' | 'loading' | 'failure';
export type InterfaceType = 'ui' | 'p2p' | 'api';

export interface AddSsl {
  readonly preferredExternalPort: number;
  readonly addXForwardedHeaders: boolean;
  readonly alpn: 'reflect' | { readonly specified: readonly string[] } | null;
  readonly auth: null;
}

export interface BindParams {
  readonly id: string;
  readonly internalPort: number;
  readonly preferredExternalPort: number;
  readonly addSsl: AddSsl | null;
  readonly secure: { readonly ssl: boolean } | null;
}

export interface ActionMetadata {
  readonly name: string;
  readonly description: string;
  readonly warning: string | null;
  readonly visibility: 'hidden' | 'enabled' | { readonly disabled: string };
  readonly allowedStatuses: 'only-running' | 'only-stopped' | 'any';
  readonly hasInput: boolean;
  readonly group: string | null;
  readonly access?: 'public' | 'dependent' | 'user';
}

/** One value an action shows; `shown` makes it. */
export interface SingleResult {
  readonly type: 'single';
  readonly value: string;
  readonly copyable: boolean;
  readonly qr: boolean;
  readonly masked: boolean;
}
export interface Named {
  readonly name: string;
  readonly description: string | null;
}
/** A value an action shows, or several by name. */
export type ResultValue = SingleResult | { readonly type: 'group'; readonly value: readonly (ResultValue & Named)[] };

/** What an action shows when it is done; `answer` makes it. */
export interface ActionResult {
  readonly version: '1';
  readonly title: string;
  readonly message: string | null;
  readonly result: ResultValue | null;
}

export type DependencyRequirement =
  | { readonly kind: 'running'; readonly id: string; readonly versionRange: string; readonly healthChecks: string[] }
  | { readonly kind: 'exists'; readonly id: string; readonly versionRange: string };

/** One way to reach a port, as the host tells it. */
export interface HostnameInfo {
  readonly ssl: boolean;
  readonly public: boolean;
  readonly hostname: string;
  /** null: the usual one of the scheme. */
  readonly port: number | null;
  readonly metadata: { readonly kind: string; readonly gateway?: string };
}

/** An address that one package gives to a port of another. */
export interface PluginAddress {
  readonly packageId: string;
  readonly hostId: string;
  readonly internalPort: number;
  readonly ssl: boolean;
  readonly public: boolean;
  readonly hostname: string;
  readonly port: number | null;
  readonly info: unknown;
}

export interface HostInfo {
  readonly bindings: Readonly<
    Record<
      string,
      {
        readonly enabled: boolean;
        readonly addresses: { readonly available: readonly HostnameInfo[] };
        readonly interfaces: Readonly<Record<string, { readonly addressInfo: AddressInfo }>>;
      }
    >
  >;
}

export interface AddressInfo {
  readonly username: string | null;
  readonly hostId: string;
  readonly internalPort: number;
  readonly scheme: string | null;
  readonly sslScheme: string | null;
  readonly suffix: string;
}

/** A mail server the owner set up for all services. */
export interface Smtp {
  readonly host: string;
  readonly port: number;
  readonly from: string;
  readonly username: string;
  readonly password: string | null;
  readonly security: 'starttls' | 'tls';
}

/** What is known of a package this one depends on. */
export interface DependencyState {
  readonly packageId: string;
  readonly title: string | null;
  /** null: it is not installed. */
  readonly installedVersion: string | null;
  readonly isRunning: boolean;
  readonly healthChecks: Readonly<Record<string, { readonly result: CheckResult; readonly message: string | null }>>;
}

/** Called once, when what was read may be another now. */
interface Following {
  readonly callback?: () => void;
}

/** What the host does for a script, in its own words. The kit uses them; a package seldom needs to. */
export interface Effects {
  readonly eventId?: string | null;
  readonly isInContext?: boolean;
  /** What a change of something relied on does; see `Reactive.const`. */
  constRetry?: (() => void) | undefined;
  /** Effects of a part that can be left and entered anew; the former of that name is left. */
  child?(name: string): Effects;
  onLeaveContext?(handler: () => void | Promise<void>): void;
  restart(): Promise<null>;
  shutdown(): Promise<null>;
  getHostInfo(params: { readonly hostId: string; readonly packageId?: string } & Following): Promise<HostInfo | null>;
  getStatus(params: { readonly packageId?: string } & Following): Promise<unknown>;
  getSystemSmtp(params: Following): Promise<Smtp | null>;
  checkDependencies(params: { readonly packageIds?: readonly string[] }): Promise<readonly DependencyState[]>;
  /** A volume of another package into a subcontainer of this one; `location` is the place as the script sees it. */
  mount(params: {
    readonly location: string;
    readonly target: {
      readonly packageId: string;
      readonly volumeId: string;
      readonly subpath: string | null;
      readonly readonly: boolean;
      readonly idmap?: readonly { readonly fromId: number; readonly toId: number; readonly range: number }[];
    };
  }): Promise<unknown>;
  readonly notification: {
    create(params: {
      readonly level: 'success' | 'info' | 'warning' | 'error';
      readonly title: string;
      readonly message: string;
      readonly data?: string | null;
    }): Promise<null>;
  };
  bind(params: BindParams): Promise<null>;
  clearBindings(params: { except: readonly { id: string; internalPort: number }[] }): Promise<null>;
  exportServiceInterface(params: {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly masked: boolean;
    readonly type: InterfaceType;
    readonly addressInfo: AddressInfo;
  }): Promise<null>;
  clearServiceInterfaces(params: { except: readonly string[] }): Promise<null>;
  setDependencies(params: { dependencies: readonly DependencyRequirement[] }): Promise<null>;
  setHealth(params: { id: string; name: string; result: CheckResult; message: string | null }): Promise<null>;
  getDataVersion(): Promise<string | null>;
  setDataVersion(params: { version: string | null }): Promise<null>;
  readonly action: {
    export(params: { id: string; metadata: ActionMetadata }): Promise<null>;
    clear(params: { except: readonly string[] }): Promise<null>;
    /** An action of this package, or of one that lets this one. */
    run(params: {
      readonly packageId?: string;
      readonly actionId: string;
      readonly input?: object;
    }): Promise<ActionResult | null>;
    createTask(params: {
      readonly replayId: string;
      readonly packageId: string;
      readonly actionId: string;
      readonly severity: 'optional' | 'important' | 'critical';
      readonly reason: string;
      readonly when?: { readonly condition: 'input-not-matches'; readonly once: boolean };
      readonly input?: { readonly kind: 'partial'; readonly accept: readonly object[]; readonly set: object };
    }): Promise<null>;
    clearTasks(params: { only: readonly string[] } | { except: readonly string[] }): Promise<null>;
  };
  /** Of packages whose manifest lists the plugin `url-v0`: those with an `addressProvider`. */
  readonly plugin: {
    readonly url: {
      register(params: { readonly tableAction: string }): Promise<null>;
      exportUrl(params: {
        readonly hostnameInfo: PluginAddress;
        readonly removeAction: string | null;
        readonly overflowActions: readonly string[];
      }): Promise<null>;
      clearUrls(params: { readonly except: readonly PluginAddress[] }): Promise<null>;
    };
  };
  readonly subcontainer: {
    createFs(params: { imageId: string; name: string | null }): Promise<[path: string, guid: string]>;
    destroyFs(params: { guid: string }): Promise<null>;
  };
}

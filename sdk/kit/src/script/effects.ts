/**
 * The effects a package script is handed: what it may ask of the host. The names and shapes are StartOS's, so that the
 * same script runs on either. Only what the kit itself or a hook may need is typed here.
 */

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
export type ResultValue = SingleResult | { readonly type: 'group'; readonly value: readonly (ResultValue & Named)[] };

export interface ActionResult {
  readonly version: '1';
  readonly title: string;
  readonly message: string | null;
  readonly result: ResultValue | null;
}

export type DependencyRequirement =
  | { readonly kind: 'running'; readonly id: string; readonly versionRange: string; readonly healthChecks: string[] }
  | { readonly kind: 'exists'; readonly id: string; readonly versionRange: string };

export interface Effects {
  readonly eventId?: string | null;
  readonly isInContext?: boolean;
  onLeaveContext?(handler: () => void | Promise<void>): void;
  restart(): Promise<null>;
  bind(params: BindParams): Promise<null>;
  clearBindings(params: { except: readonly { id: string; internalPort: number }[] }): Promise<null>;
  exportServiceInterface(params: {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly masked: boolean;
    readonly type: InterfaceType;
    readonly addressInfo: {
      readonly username: string | null;
      readonly hostId: string;
      readonly internalPort: number;
      readonly scheme: string | null;
      readonly sslScheme: string | null;
      readonly suffix: string;
    };
  }): Promise<null>;
  clearServiceInterfaces(params: { except: readonly string[] }): Promise<null>;
  setDependencies(params: { dependencies: readonly DependencyRequirement[] }): Promise<null>;
  setHealth(params: { id: string; name: string; result: CheckResult; message: string | null }): Promise<null>;
  getDataVersion(): Promise<string | null>;
  setDataVersion(params: { version: string | null }): Promise<null>;
  readonly action: {
    export(params: { id: string; metadata: ActionMetadata }): Promise<null>;
    clear(params: { except: readonly string[] }): Promise<null>;
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
  readonly subcontainer: {
    createFs(params: { imageId: string; name: string | null }): Promise<[path: string, guid: string]>;
    destroyFs(params: { guid: string }): Promise<null>;
  };
}

/**
 * The public state as the interface sees it. Slices of the kernel are typed by the contract; those of plugins are
 * written out here as far as they are shown, and every one of them may be absent (a plugin can fail).
 */
import type {
  BootState,
  HealthEntry,
  JobProgress,
  JobRow,
  NeedEntry,
  PluginRow,
  PluginStatus,
  ServerState,
  ServiceRow,
  SmtpState,
} from '@hearth/contract';
import type { InputSpec } from '../forms/action.ts';

export interface Address {
  readonly url: string;
  /** `mdns`, `localhost`, `ipv4`, `ipv6`, `plugin`, and what comes later. */
  readonly kind: string;
  /** The service that gave it, and what its actions about it are run with. */
  readonly given?: {
    readonly service: string;
    /** It is a plugin of the server, not a service. */
    readonly confined?: boolean;
    readonly actions: { readonly remove: string | null; readonly more: readonly string[] };
    readonly metadata: object;
  };
}

export interface NetworkState {
  /** SHA-256 of the root certificate, hex. */
  readonly caFingerprint?: string | null;
  readonly addresses?: Readonly<Record<string, Readonly<Record<string, readonly Address[]>>>>;
  readonly server?: readonly Address[];
}

export interface BackupTarget {
  readonly id: string;
  readonly name: string;
  /** `folder`, or a kind that a plugin brings. */
  readonly kind: string;
  readonly path?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly lastRun?: {
    readonly at: number;
    /** `running`, `succeeded`, `partly`, `failed`, `cancelled`. */
    readonly outcome: string;
    readonly message?: string | null;
  } | null;
}

/** A kind of place that a plugin brings. */
export interface BackupKind {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly form: InputSpec;
  readonly unavailable: string | null;
}

export interface BackupState {
  readonly kinds?: Readonly<Record<string, BackupKind>>;
  readonly targets?: Readonly<Record<string, BackupTarget>>;
}

export interface MarketplaceState {
  /** Newer versions of installed services, by service. */
  readonly updates?: Readonly<Record<string, { readonly version: string }>>;
}

export interface NotificationRow {
  readonly id: string;
  readonly level: 'success' | 'info' | 'warning' | 'error';
  readonly title: string;
  readonly message: string;
  readonly service?: string | null;
  readonly createdAt: number;
  readonly seen: boolean;
}

export interface NotificationsState {
  readonly items?: Readonly<Record<string, NotificationRow>>;
}

export interface HostCheck {
  readonly name: string;
  readonly result: string;
  readonly message: string | null;
  readonly since: number;
}

export interface HealthState {
  readonly checks?: Readonly<Record<string, HostCheck>>;
}

export interface UiState {
  readonly server?: ServerState;
  readonly boot?: BootState;
  readonly services?: Readonly<Record<string, ServiceRow>>;
  readonly jobs?: Readonly<Record<string, JobRow>>;
  readonly serviceHealth?: Readonly<Record<string, Readonly<Record<string, HealthEntry>>>>;
  readonly serviceNeeds?: Readonly<Record<string, Readonly<Record<string, NeedEntry>>>>;
  readonly jobProgress?: Readonly<Record<string, JobProgress>>;
  readonly network?: NetworkState;
  readonly marketplace?: MarketplaceState;
  readonly backup?: BackupState;
  readonly notifications?: NotificationsState;
  readonly health?: HealthState;
  readonly plugins?: Readonly<Record<string, PluginRow>>;
  readonly pluginStatus?: Readonly<Record<string, PluginStatus>>;
  readonly smtp?: SmtpState;
  readonly pluginState?: Readonly<Record<string, unknown>>;
}

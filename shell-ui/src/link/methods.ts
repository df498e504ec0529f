/** Every method the interface calls, with what goes in and what comes out. Nothing else is used. */
import type { CapabilityChange, ServiceLimits, ServicePlan, SmtpValue } from '@hearth/contract';
import type { ActionInput, ActionResult } from '../forms/action.ts';

type Nothing = Record<string, never>;
interface Rev {
  readonly rev: number;
}
interface Started extends Rev {
  readonly job: string;
}
interface Method<I, O> {
  readonly input: I;
  readonly output: O;
}

export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly source: string;
  readonly text: string;
}

export interface ServiceStats {
  /** Bytes. */
  readonly memory: number;
  readonly memoryLimit: number | null;
  readonly cpuSeconds: number;
  readonly pids: number;
}

export interface SessionRow {
  readonly id: string;
  readonly userAgent: string;
  readonly clientAddress?: string;
  readonly createdAt: number;
  readonly lastSeen: number;
  /** The one this page uses. */
  readonly current: boolean;
}

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly role: 'owner' | 'admin' | 'viewer';
  /** Null: whatever the role may. */
  readonly scopes: readonly string[] | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

export interface Snapshot {
  readonly id: string;
  readonly time: number;
  readonly service: string;
  readonly version: string | null;
  readonly title: string | null;
}

export interface RegistryRow {
  readonly url: string;
  /** What it calls itself; its address while it cannot be asked. */
  readonly name: string;
  /** The server's own, which stays. */
  readonly fixed: boolean;
}

export interface MarketVersion {
  readonly version: string;
  readonly releaseNotes: string;
  /** Bytes of the archive; null while it has not been built. */
  readonly size: number | null;
  /** Hex of the publisher's Ed25519 key; null while it has not been built. */
  readonly signer: string | null;
  readonly publishedAt?: number | null;
}

export interface MarketPackage {
  readonly id: string;
  readonly title: string;
  readonly short: string;
  readonly long: string;
  readonly license: string;
  readonly upstreamRepo: string | null;
  readonly packageRepo: string | null;
  readonly marketingUrl: string | null;
  readonly registry: string;
  readonly registryName: string;
  /** Made on this machine from its recipe at the first install. */
  readonly recipe: boolean;
  /** `data:` address, or a path of this origin; null shows a letter. */
  readonly icon: string | null;
  readonly categories: readonly string[];
  readonly dependencies: readonly { readonly id: string; readonly optional: boolean; readonly description: string }[];
  /** Newest first; never empty. */
  readonly versions: readonly MarketVersion[];
}

export interface PluginInspection {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly about: string;
  readonly author: string | null;
  /** Hex of the key that signed it. */
  readonly signer: string;
  readonly rootSighash: string;
  /** The version that is installed. */
  readonly from: string | null;
  readonly changes: readonly CapabilityChange[];
  readonly refusal: { readonly code: string; readonly message: string } | null;
}

export interface FailedPlugin {
  readonly plugin: string;
  readonly about: string;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface StateSnapshot {
  readonly name: string;
  readonly at: number;
  readonly occasion: string;
  readonly bytes: number;
}

interface Restarts {
  /** Whether the kernel starts again by itself. */
  readonly restarts: boolean;
}

export interface Methods {
  'server.status': Method<
    Nothing,
    { readonly mode: 'starting' | 'running' | 'diagnostic'; readonly plugins: readonly FailedPlugin[] }
  >;
  'support.bundle': Method<Nothing, { readonly bundle: Readonly<Record<string, unknown>> }>;
  'db.snapshot.list': Method<Nothing, { readonly snapshots: readonly StateSnapshot[] }>;
  'db.restore': Method<{ readonly snapshot: string }, Restarts>;
  'db.repair': Method<Nothing, Restarts>;
  'kernel.restart': Method<Nothing, Restarts>;
  'server.set-smtp': Method<Omit<SmtpValue, 'password'> & { readonly password?: string }, Rev>;
  'server.clear-smtp': Method<Nothing, Rev>;
  'server.test-smtp': Method<{ readonly to: string }, Nothing>;

  'setup.status': Method<Nothing, { readonly setUp: boolean; readonly codeRequired: boolean }>;
  'setup.execute': Method<
    { readonly code?: string; readonly name: string; readonly password: string },
    { readonly token: string }
  >;
  'auth.login': Method<{ readonly password: string }, { readonly token: string }>;
  'auth.logout': Method<Nothing, unknown>;
  'auth.whoami': Method<Nothing, { readonly kind: string }>;
  'auth.session.list': Method<Nothing, { readonly sessions: readonly SessionRow[] }>;
  'auth.session.kill': Method<{ readonly ids: readonly string[] }, unknown>;
  'auth.token.list': Method<Nothing, { readonly tokens: readonly TokenRow[] }>;
  'auth.token.create': Method<
    {
      readonly name: string;
      readonly role: TokenRow['role'];
      readonly scopes: readonly string[] | null;
      readonly days: number | null;
    },
    { readonly token: string }
  >;
  'auth.token.kill': Method<{ readonly ids: readonly string[] }, Rev>;
  'auth.reset-password': Method<{ readonly oldPassword: string; readonly newPassword: string }, unknown>;

  'package.start': Method<{ readonly id: string; readonly withDependencies?: boolean }, Rev>;
  'package.stop': Method<{ readonly id: string; readonly withDependants?: boolean }, Rev>;
  'package.restart': Method<{ readonly id: string }, Rev>;
  'package.rebuild': Method<{ readonly id: string }, Started>;
  'package.uninstall': Method<
    { readonly id: string; readonly soft: boolean; readonly force: boolean; readonly plan?: string },
    Started
  >;
  'package.logs': Method<
    { readonly id: string; readonly after?: string; readonly limit?: number },
    { readonly entries: readonly LogEntry[]; readonly cursor: string }
  >;
  'package.stats': Method<{ readonly id: string }, ServiceStats | null>;
  'package.set-limits': Method<
    { readonly id: string } & { readonly [limit in keyof ServiceLimits]?: number | null },
    Rev & { readonly applied: boolean; readonly unkept: readonly string[] }
  >;
  'package.sideload': Method<{ readonly upload: string; readonly plan?: string }, Started>;
  'package.install': Method<
    {
      readonly id: string;
      readonly version?: string;
      readonly registry?: string;
      /** Hex of a key the owner accepts instead of the one that signed what is installed. */
      readonly acceptSigner?: string;
      /** `id` of a plan: what it showed is done, or nothing. */
      readonly plan?: string;
    },
    Started
  >;
  'marketplace.plan': Method<
    { readonly id: string; readonly version?: string; readonly registry?: string; readonly acceptSigner?: string },
    ServicePlan
  >;
  'package.plan': Method<
    | { readonly action: 'uninstall'; readonly id: string; readonly soft?: boolean }
    | { readonly action: 'sideload'; readonly upload: string }
    | {
        readonly action: 'configure';
        readonly id: string;
        readonly actionId: string;
        readonly input: Readonly<Record<string, unknown>> | null;
      },
    ServicePlan
  >;
  'package.action.get-input': Method<
    { readonly packageId: string; readonly actionId: string; readonly prefill?: Record<string, unknown> },
    ActionInput | null
  >;
  'package.action.run': Method<
    {
      readonly packageId: string;
      readonly eventId?: string;
      readonly actionId: string;
      readonly input?: Readonly<Record<string, unknown>> | null;
      /** `id` of the plan that was shown. */
      readonly plan?: string;
    },
    ActionResult | null
  >;
  'package.action.clear-task': Method<
    { readonly packageId: string; readonly replayId: string; readonly force: boolean },
    Rev
  >;
  'job.cancel': Method<{ readonly job: string }, Rev>;

  'registry.list': Method<Nothing, { readonly registries: readonly RegistryRow[] }>;
  'registry.add': Method<{ readonly url: string }, Rev>;
  'registry.remove': Method<{ readonly url: string }, Rev>;
  'marketplace.list': Method<{ readonly locale: string }, { readonly packages: readonly MarketPackage[] }>;

  'backup.target.add': Method<
    {
      readonly name: string;
      readonly password: string;
      readonly path?: string;
      readonly kind?: string;
      readonly settings?: Record<string, string | number | boolean | null>;
    },
    { readonly id: string }
  >;
  'backup.target.remove': Method<{ readonly id: string }, unknown>;
  'backup.create': Method<{ readonly target: string; readonly services?: readonly string[] }, Started>;
  'backup.snapshot.list': Method<
    { readonly target: string; readonly service?: string },
    { readonly snapshots: readonly Snapshot[] }
  >;
  'package.backup.restore': Method<
    { readonly target: string; readonly ids: readonly string[]; readonly snapshot?: string },
    Started
  >;

  'plugin.inspect': Method<{ readonly upload: string }, PluginInspection>;
  'plugin.install': Method<
    { readonly upload: string; readonly expect: string; readonly grant: readonly string[] },
    Rev & { readonly id: string }
  >;
  'plugin.grant': Method<{ readonly id: string; readonly capabilities: readonly string[] }, Rev>;
  'plugin.enable': Method<{ readonly id: string }, Rev>;
  'plugin.disable': Method<{ readonly id: string }, Rev>;
  'plugin.remove': Method<{ readonly id: string; readonly keepData: boolean }, Rev>;

  'notification.mark-seen': Method<{ readonly ids: readonly string[] }, unknown>;
  'notification.remove': Method<{ readonly ids: readonly string[] }, unknown>;
}

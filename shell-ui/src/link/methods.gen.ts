/** Made by `npm run generate`; not edited by hand. The whole API, as the kernel and the shipped plugins declare it. */
export interface ServerMethods {
  'audit.list': {
    readonly input: { readonly before?: number; readonly limit?: number };
    readonly output: { readonly rows: readonly ({ readonly seq: number; readonly at: number; readonly who: string; readonly from: string; readonly method: string; readonly about: Readonly<Record<string, string>>; readonly outcome: string; readonly call: string; readonly previous: string; readonly hash: string })[]; readonly intact: boolean };
  };
  'auth.login': {
    readonly input: { readonly password: string };
    readonly output: { readonly token: string | null };
  };
  'auth.logout': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly rev: number };
  };
  'auth.reset-password': {
    readonly input: { readonly oldPassword?: string; readonly newPassword: string };
    readonly output: { readonly rev: number };
  };
  'auth.session.kill': {
    readonly input: { readonly ids: readonly (string)[] };
    readonly output: { readonly rev: number };
  };
  'auth.session.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly sessions: readonly ({ readonly id: string; readonly userAgent: string; readonly clientAddress: string; readonly createdAt: number; readonly lastSeen: number; readonly current: boolean })[] };
  };
  'auth.token.create': {
    readonly input: { readonly name: string; readonly role?: 'owner' | 'admin' | 'viewer'; readonly scopes?: readonly (string)[] | null; readonly days?: number | null };
    readonly output: { readonly id: string; readonly token: string; readonly rev: number };
  };
  'auth.token.kill': {
    readonly input: { readonly ids: readonly (string)[] };
    readonly output: { readonly rev: number };
  };
  'auth.token.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly tokens: readonly ({ readonly id: string; readonly name: string; readonly role: 'owner' | 'admin' | 'viewer'; readonly scopes: readonly (string)[] | null; readonly createdAt: number; readonly expiresAt: number | null })[] };
  };
  'auth.whoami': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly kind: 'anonymous' | 'user' | 'root' | 'package' | 'plugin'; readonly user: string | null; readonly role: 'owner' | 'admin' | 'viewer' | null; readonly session: string | null };
  };
  'backup.create': {
    readonly input: { readonly target: string; readonly services?: readonly (string)[] };
    readonly output: { readonly job: string; readonly rev: number };
  };
  'backup.kind.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly kinds: readonly ({ readonly id: string; readonly name: string; readonly about: string; readonly form: Readonly<Record<string, { readonly type: 'text'; readonly name: string; readonly description?: string; readonly warning?: string; readonly required: boolean; readonly masked?: boolean; readonly inputmode?: 'text' | 'email' | 'url'; readonly default?: string; readonly placeholder?: string; readonly minLength?: number; readonly maxLength?: number } | { readonly type: 'number'; readonly name: string; readonly description?: string; readonly warning?: string; readonly required: boolean; readonly default?: number; readonly min?: number; readonly max?: number; readonly integer?: boolean; readonly units?: string } | { readonly type: 'toggle'; readonly name: string; readonly description?: string; readonly warning?: string; readonly default?: boolean } | { readonly type: 'select'; readonly name: string; readonly description?: string; readonly warning?: string; readonly default: string; readonly values: Readonly<Record<string, string>> }>>; readonly unavailable: string | null })[] };
  };
  'backup.snapshot.list': {
    readonly input: { readonly target: string; readonly service?: string };
    readonly output: { readonly snapshots: readonly ({ readonly id: string; readonly time: number; readonly service: string; readonly version: string | null; readonly title: string | null })[] };
  };
  'backup.target.add': {
    readonly input: { readonly name: string; readonly kind?: string; readonly path?: string; readonly settings?: Readonly<Record<string, string | number | boolean | null>>; readonly password: string };
    readonly output: { readonly id: string; readonly created: boolean; readonly rev: number };
  };
  'backup.target.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly targets: readonly ({ readonly id: string; readonly name: string; readonly kind: string; readonly path?: string; readonly settings?: Readonly<Record<string, string | number | boolean | null>>; readonly addedAt: number; readonly lastRun: { readonly job: string; readonly at: number; readonly outcome: 'running' | 'succeeded' | 'partly' | 'failed' | 'cancelled'; readonly message: string | null; readonly services: Readonly<Record<string, { readonly error: { readonly code: string; readonly message: string } | null; readonly snapshot: string | null; readonly added: number; readonly processed: number; readonly took: number }>> } | null })[] };
  };
  'backup.target.remove': {
    readonly input: { readonly id: string };
    readonly output: { readonly rev: number };
  };
  'db.dump': {
    readonly input: { readonly pointer?: string };
    readonly output: { readonly rev: number; readonly value: unknown };
  };
  'db.history': {
    readonly input: { readonly before?: number; readonly limit?: number };
    readonly output: { readonly rows: readonly ({ readonly seq: number; readonly at: number; readonly by: string | null; readonly slice: string; readonly reason: string; readonly paths: readonly (string)[] })[] };
  };
  'db.repair': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly restarts: boolean };
  };
  'db.restore': {
    readonly input: { readonly snapshot: string };
    readonly output: { readonly restarts: boolean };
  };
  'db.snapshot.create': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly snapshot: string };
  };
  'db.snapshot.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly snapshots: readonly ({ readonly name: string; readonly at: number; readonly occasion: string; readonly bytes: number })[] };
  };
  'echo': {
    readonly input: { readonly message: string };
    readonly output: { readonly message: string };
  };
  'health.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly checks: Readonly<Record<string, { readonly name: string; readonly result: 'success' | 'disabled' | 'starting' | 'waiting' | 'loading' | 'failure'; readonly message: string | null; readonly since: number }>>; readonly services: Readonly<Record<string, Readonly<Record<string, { readonly name: string; readonly result: 'success' | 'disabled' | 'starting' | 'waiting' | 'loading' | 'failure'; readonly message: string | null; readonly since: number }>>>> };
  };
  'job.cancel': {
    readonly input: { readonly job: string };
    readonly output: { readonly rev: number };
  };
  'job.get': {
    readonly input: { readonly job: string };
    readonly output: { readonly id: string; readonly kind: string; readonly service: string | null; readonly title: string; readonly state: 'queued' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled'; readonly step: string | null; readonly cancellable: boolean; readonly startedAt: number; readonly finishedAt: number | null; readonly error: { readonly code: string; readonly message: string; readonly data: Readonly<Record<string, unknown>> } | null; readonly result: Readonly<Record<string, unknown>> | null };
  };
  'job.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: readonly ({ readonly id: string; readonly kind: string; readonly service: string | null; readonly title: string; readonly state: 'queued' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled'; readonly step: string | null; readonly cancellable: boolean; readonly startedAt: number; readonly finishedAt: number | null; readonly error: { readonly code: string; readonly message: string; readonly data: Readonly<Record<string, unknown>> } | null; readonly result: Readonly<Record<string, unknown>> | null })[];
  };
  'job.wait': {
    readonly input: { readonly job: string; readonly waitMs?: number };
    readonly output: { readonly id: string; readonly kind: string; readonly service: string | null; readonly title: string; readonly state: 'queued' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'cancelled'; readonly step: string | null; readonly cancellable: boolean; readonly startedAt: number; readonly finishedAt: number | null; readonly error: { readonly code: string; readonly message: string; readonly data: Readonly<Record<string, unknown>> } | null; readonly result: Readonly<Record<string, unknown>> | null };
  };
  'kernel.restart': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly restarts: boolean };
  };
  'marketplace.check': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: Readonly<Record<string, never>>;
  };
  'marketplace.list': {
    readonly input: { readonly locale?: string };
    readonly output: { readonly packages: readonly ({ readonly id: string; readonly title: string; readonly short: string; readonly long: string; readonly license: string; readonly upstreamRepo: string | null; readonly packageRepo: string | null; readonly marketingUrl: string | null; readonly registry: string; readonly registryName: string; readonly recipe: boolean; readonly icon: string | null; readonly categories: readonly (string)[]; readonly dependencies: readonly ({ readonly id: string; readonly optional: boolean; readonly description: string })[]; readonly versions: readonly ({ readonly version: string; readonly releaseNotes: string; readonly size: number | null; readonly signer: string | null; readonly publishedAt: number | null })[] })[] };
  };
  'marketplace.plan': {
    readonly input: { readonly id: string; readonly version?: string; readonly registry?: string; readonly acceptSigner?: string };
    readonly output: { readonly kind: 'package.install' | 'package.update' | 'package.uninstall' | 'package.rebuild' | 'package.action.run'; readonly id: string; readonly service: string; readonly title: string; readonly from: string | null; readonly to: string | null; readonly rootSighash: string | null; readonly fetch: number; readonly disk: { readonly needed: number; readonly free: number }; readonly memory: { readonly needed: number | null; readonly total: number }; readonly changes: readonly ({ readonly path: string; readonly before?: unknown; readonly after?: unknown; readonly about: 'permission' | 'data' | 'need' | 'image' | 'version' | 'setting' | 'text' })[]; readonly snapshot: { readonly bytes: number; readonly shared: boolean } | null; readonly erases: number | null; readonly ports: readonly ({ readonly port: number; readonly effect: 'kept' | 'freed' })[]; readonly downtime: number; readonly dependants: readonly ({ readonly id: string; readonly title: string; readonly running: boolean; readonly effect: 'interrupted' | 'unsatisfied' | 'lost' | 'needsYou' | 'served' })[]; readonly refusals: readonly ({ readonly code: string; readonly message: string; readonly data: Readonly<Record<string, unknown>> })[] };
  };
  'net.address.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly caFingerprint: string | null; readonly hostname: string | null; readonly addresses: Readonly<Record<string, Readonly<Record<string, readonly ({ readonly url: string; readonly kind: 'mdns' | 'localhost' | 'ipv4' | 'ipv6' | 'plugin'; readonly given?: { readonly service: string; readonly confined?: true; readonly actions: { readonly remove: string | null; readonly more: readonly (string)[] }; readonly metadata: { readonly packageId: string | null; readonly hostId: string; readonly internalPort: number; readonly ssl: boolean; readonly public: boolean; readonly hostname: string; readonly port: number | null; readonly info?: unknown; readonly interfaceId: string } } })[]>>>>; readonly server: readonly ({ readonly url: string; readonly kind: 'mdns' | 'localhost' | 'ipv4' | 'ipv6' | 'plugin'; readonly given?: { readonly service: string; readonly confined?: true; readonly actions: { readonly remove: string | null; readonly more: readonly (string)[] }; readonly metadata: { readonly packageId: string | null; readonly hostId: string; readonly internalPort: number; readonly ssl: boolean; readonly public: boolean; readonly hostname: string; readonly port: number | null; readonly info?: unknown; readonly interfaceId: string } } })[] };
  };
  'notification.list': {
    readonly input: { readonly unseen?: boolean; readonly limit?: number };
    readonly output: { readonly notifications: readonly ({ readonly id: string; readonly level: 'success' | 'info' | 'warning' | 'error'; readonly title: string; readonly message: string; readonly service: string | null; readonly createdAt: number; readonly seen: boolean; readonly data: string | null })[] };
  };
  'notification.mark-seen': {
    readonly input: { readonly ids: readonly (string)[] };
    readonly output: { readonly rev: number };
  };
  'notification.remove': {
    readonly input: { readonly ids: readonly (string)[] };
    readonly output: { readonly rev: number };
  };
  'package.action.clear-task': {
    readonly input: { readonly packageId: string; readonly replayId: string; readonly force?: boolean };
    readonly output: { readonly rev: number };
  };
  'package.action.get-input': {
    readonly input: { readonly packageId: string; readonly actionId: string; readonly prefill?: Readonly<Record<string, unknown>> | null };
    readonly output: { readonly eventId: string; readonly spec: Readonly<Record<string, unknown>>; readonly value: Readonly<Record<string, unknown>> | null } | null;
  };
  'package.action.run': {
    readonly input: { readonly packageId: string; readonly actionId: string; readonly eventId?: string | null; readonly input?: unknown; readonly plan?: string };
    readonly output: unknown;
  };
  'package.attach.close': {
    readonly input: { readonly id: string; readonly attach: string };
    readonly output: Readonly<Record<string, never>>;
  };
  'package.attach.open': {
    readonly input: { readonly id: string; readonly subcontainer?: string | null; readonly command?: readonly (string)[] | null; readonly user?: string | null; readonly rows?: number; readonly columns?: number };
    readonly output: { readonly attach: string; readonly subcontainer: string };
  };
  'package.attach.read': {
    readonly input: { readonly id: string; readonly attach: string; readonly waitMs?: number };
    readonly output: { readonly data: string; readonly ended: { readonly code: number | null; readonly signal: string | null } | null };
  };
  'package.attach.resize': {
    readonly input: { readonly id: string; readonly attach: string; readonly rows: number; readonly columns: number };
    readonly output: Readonly<Record<string, never>>;
  };
  'package.attach.write': {
    readonly input: { readonly id: string; readonly attach: string; readonly data: string };
    readonly output: Readonly<Record<string, never>>;
  };
  'package.backup.restore': {
    readonly input: { readonly target: string; readonly ids: readonly (string)[]; readonly snapshot?: string };
    readonly output: { readonly job: string; readonly rev: number; readonly jobs: readonly ({ readonly id: string; readonly job: string })[] };
  };
  'package.cancel-install': {
    readonly input: { readonly id: string };
    readonly output: { readonly rev: number };
  };
  'package.install': {
    readonly input: { readonly id: string; readonly version?: string; readonly registry?: string; readonly acceptSigner?: string; readonly start?: boolean; readonly expect?: string; readonly plan?: string };
    readonly output: { readonly job: string; readonly rev: number };
  };
  'package.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: readonly ({ readonly id: string; readonly index: number; readonly manifest: { readonly id: string; readonly version: string; readonly canMigrateTo: string; readonly canMigrateFrom: string; readonly title: string; readonly description: { readonly short: string | Readonly<Record<string, string>>; readonly long: string | Readonly<Record<string, string>> }; readonly releaseNotes: string | Readonly<Record<string, string>>; readonly gitHash: string | null; readonly license: string; readonly packageRepo: string; readonly upstreamRepo: string; readonly marketingUrl: string | null; readonly donationUrl: string | null; readonly osVersion: string | null; readonly sdkVersion: string | null; readonly hardwareAcceleration: boolean; readonly userspaceFilesystems: boolean; readonly virtualNetworking: boolean; readonly plugins: readonly (string)[]; readonly satisfies: readonly (string)[]; readonly images: Readonly<Record<string, { readonly source: unknown; readonly arch: readonly (string)[]; readonly emulateMissingAs: string | null; readonly nvidiaContainer: boolean }>>; readonly volumes: readonly (string | 'BACKUP')[]; readonly dependencies: Readonly<Record<string, { readonly description: string | Readonly<Record<string, string>> | null; readonly optional: boolean }>>; readonly hardwareRequirements: { readonly device: readonly ({ readonly description: string; readonly class: 'processor' | 'display'; readonly product: string | null; readonly vendor: string | null; readonly capabilities?: readonly (string)[]; readonly driver?: string })[]; readonly ram: number | null; readonly arch: readonly (string)[] | null }; readonly limits?: { readonly memory?: number; readonly cpuWeight?: number; readonly pids?: number; readonly ioWeight?: number; readonly disk?: number }; readonly neverParked?: boolean }; readonly package: { readonly rootSighash: string; readonly rootMaxsize: number; readonly signer: string; readonly registry: string | null; readonly size: number; readonly installedAt: number }; readonly status: { readonly desired: 'stopped' | 'running'; readonly actual: 'installing' | 'updating' | 'restoring' | 'removing' | 'stopped' | 'starting' | 'running' | 'stopping' | 'backing-up' | 'crashed' | 'failed'; readonly reason: string; readonly since: number; readonly deadline: number | null; readonly startedAt: number | null; readonly crashes: number }; readonly error: { readonly code: string; readonly message: string; readonly details: string | null } | null; readonly job: string | null; readonly hosts: Readonly<Record<string, { readonly bindings: Readonly<Record<string, { readonly enabled: boolean; readonly options: { readonly preferredExternalPort: number; readonly addSsl: { readonly preferredExternalPort: number; readonly addXForwardedHeaders: boolean; readonly alpn: 'reflect' | { readonly specified: readonly (unknown)[] } | null; readonly upstreamCertValidation?: unknown; readonly auth?: unknown } | null; readonly secure: { readonly ssl: boolean } | null }; readonly net: { readonly assignedPort: number | null; readonly assignedSslPort: number | null }; readonly addresses: { readonly enabled: readonly (string)[]; readonly disabled: readonly (readonly [string, number])[]; readonly guaAccess: Readonly<Record<string, 'disabled' | 'lan' | 'lan-wan'>>; readonly available: readonly ({ readonly ssl: boolean; readonly public: boolean; readonly hostname: string; readonly port: number | null; readonly metadata: { readonly kind: 'ipv4' | 'ipv6' | 'mdns' | 'private-domain' | 'public-domain' | 'plugin' } })[] }; readonly interfaces: Readonly<Record<string, { readonly id: string; readonly name: string; readonly description: string; readonly masked: boolean; readonly type: 'ui' | 'p2p' | 'api'; readonly addressInfo: { readonly username: string | null; readonly hostId: string; readonly internalPort: number; readonly scheme: string | null; readonly sslScheme: string | null; readonly suffix: string } }>> }>>; readonly bindingRanges: Readonly<Record<string, unknown>>; readonly publicDomains: Readonly<Record<string, { readonly gateway: string; readonly acme: string | null }>>; readonly privateDomains: Readonly<Record<string, readonly (string)[]>>; readonly portForwards: readonly (unknown)[] }>>; readonly actions: Readonly<Record<string, { readonly name: string; readonly description: string; readonly warning: string | null; readonly visibility: 'hidden' | 'enabled' | { readonly disabled: string }; readonly allowedStatuses: 'only-running' | 'only-stopped' | 'any'; readonly hasInput: boolean; readonly group: string | null; readonly access?: 'public' | 'dependent' | 'user' }>>; readonly tasks: Readonly<Record<string, { readonly active: boolean; readonly task: { readonly packageId: string; readonly actionId: string; readonly severity: 'optional' | 'important' | 'critical'; readonly reason?: string | null; readonly when?: { readonly once: boolean; readonly condition: 'input-not-matches' } | null; readonly input?: { readonly kind: 'partial'; readonly accept?: readonly (Readonly<Record<string, unknown>>)[]; readonly set?: Readonly<Record<string, unknown>>; readonly value?: Readonly<Record<string, unknown>> } | null } }>>; readonly dependencies: Readonly<Record<string, { readonly kind: 'running'; readonly id: string; readonly healthChecks: readonly (string)[]; readonly versionRange: string } | { readonly kind: 'exists'; readonly id: string; readonly versionRange: string }>>; readonly lastBackup: number | null; readonly limits?: { readonly memory: number | null; readonly cpuWeight: number | null; readonly pids: number | null; readonly ioWeight?: number | null; readonly disk?: number | null }; readonly plugin?: { readonly url: { readonly tableAction: string } | null } })[];
  };
  'package.logs': {
    readonly input: { readonly id: string; readonly after?: string | null; readonly limit?: number };
    readonly output: { readonly entries: readonly ({ readonly time: number; readonly source: string; readonly text: string })[]; readonly cursor: string };
  };
  'package.plan': {
    readonly input: { readonly action: 'sideload'; readonly upload: string } | { readonly action: 'uninstall'; readonly id: string; readonly soft?: boolean } | { readonly action: 'rebuild'; readonly id: string } | { readonly action: 'configure'; readonly id: string; readonly actionId: string; readonly input: Readonly<Record<string, unknown>> | null };
    readonly output: { readonly kind: 'package.install' | 'package.update' | 'package.uninstall' | 'package.rebuild' | 'package.action.run'; readonly id: string; readonly service: string; readonly title: string; readonly from: string | null; readonly to: string | null; readonly rootSighash: string | null; readonly fetch: number; readonly disk: { readonly needed: number; readonly free: number }; readonly memory: { readonly needed: number | null; readonly total: number }; readonly changes: readonly ({ readonly path: string; readonly before?: unknown; readonly after?: unknown; readonly about: 'permission' | 'data' | 'need' | 'image' | 'version' | 'setting' | 'text' })[]; readonly snapshot: { readonly bytes: number; readonly shared: boolean } | null; readonly erases: number | null; readonly ports: readonly ({ readonly port: number; readonly effect: 'kept' | 'freed' })[]; readonly downtime: number; readonly dependants: readonly ({ readonly id: string; readonly title: string; readonly running: boolean; readonly effect: 'interrupted' | 'unsatisfied' | 'lost' | 'needsYou' | 'served' })[]; readonly refusals: readonly ({ readonly code: string; readonly message: string; readonly data: Readonly<Record<string, unknown>> })[] };
  };
  'package.rebuild': {
    readonly input: { readonly id: string; readonly plan?: string };
    readonly output: { readonly job: string; readonly rev: number };
  };
  'package.restart': {
    readonly input: { readonly id: string };
    readonly output: { readonly rev: number };
  };
  'package.set-limits': {
    readonly input: { readonly id: string; readonly memory?: number | null; readonly cpuWeight?: number | null; readonly pids?: number | null; readonly ioWeight?: number | null; readonly disk?: number | null };
    readonly output: { readonly rev: number; readonly applied: boolean; readonly unkept: readonly ('memoryHigh' | 'ioWeight' | 'disk')[] };
  };
  'package.sideload': {
    readonly input: { readonly upload: string; readonly expect?: string; readonly start?: boolean; readonly quickTrial?: boolean; readonly plan?: string };
    readonly output: { readonly job: string; readonly rev: number };
  };
  'package.start': {
    readonly input: { readonly id: string; readonly withDependencies?: boolean };
    readonly output: { readonly rev: number };
  };
  'package.stats': {
    readonly input: { readonly id: string };
    readonly output: { readonly memory: number; readonly memoryLimit: number | null; readonly cpuSeconds: number; readonly pids: number; readonly outOfMemoryKills: number } | null;
  };
  'package.stop': {
    readonly input: { readonly id: string; readonly force?: boolean; readonly withDependants?: boolean };
    readonly output: { readonly rev: number };
  };
  'package.uninstall': {
    readonly input: { readonly id: string; readonly soft?: boolean; readonly force?: boolean; readonly plan?: string };
    readonly output: { readonly job: string; readonly rev: number };
  };
  'plugin.audit.list': {
    readonly input: { readonly id: string; readonly before?: number; readonly limit?: number };
    readonly output: { readonly rows: readonly ({ readonly seq: number; readonly at: number; readonly who: string; readonly from: string; readonly method: string; readonly about: Readonly<Record<string, string>>; readonly outcome: string; readonly call: string; readonly previous: string; readonly hash: string })[]; readonly intact: boolean };
  };
  'plugin.disable': {
    readonly input: { readonly id: string };
    readonly output: { readonly rev: number };
  };
  'plugin.enable': {
    readonly input: { readonly id: string };
    readonly output: { readonly rev: number };
  };
  'plugin.grant': {
    readonly input: { readonly id: string; readonly capabilities: readonly (string)[] };
    readonly output: { readonly rev: number };
  };
  'plugin.inspect': {
    readonly input: { readonly upload: string };
    readonly output: { readonly id: string; readonly title: string; readonly version: string; readonly about: string; readonly author: string | null; readonly signer: string; readonly rootSighash: string; readonly from: string | null; readonly changes: readonly ({ readonly capability: string; readonly change: 'new' | 'more' | 'less' | 'same' | 'gone'; readonly sentence: string; readonly before: string | null; readonly reason: string; readonly optional: boolean; readonly needsGrant: boolean })[]; readonly refusal: { readonly code: string; readonly message: string } | null };
  };
  'plugin.install': {
    readonly input: { readonly upload: string; readonly expect?: string; readonly grant?: readonly (string)[] };
    readonly output: { readonly id: string; readonly rev: number };
  };
  'plugin.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly plugins: readonly ({ readonly id: string; readonly title: string; readonly version: string; readonly about: string; readonly author: string | null; readonly signer: string; readonly rootSighash: string; readonly installedAt: number; readonly enabled: boolean; readonly asked: readonly ({ readonly capability: 'state'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'storage'; readonly megabytes: number; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'methods'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'panel'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'timers'; readonly everySeconds: number; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'jobs'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'notifications'; readonly perDay: number; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'health'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'server.read'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'services.read'; readonly services: 'all' | readonly (string)[]; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'services.addresses'; readonly services: 'all' | readonly (string)[]; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'services.give-addresses'; readonly services: 'all' | readonly (string)[]; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'services.control'; readonly services: 'all' | readonly (string)[]; readonly moves: readonly ('start' | 'stop' | 'restart')[]; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'events.listen'; readonly events: readonly ('service.installed' | 'service.removed' | 'service.status' | 'service.health' | 'job.finished' | 'server.changed' | string)[]; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'events.emit'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'network.fetch'; readonly hosts: readonly (string)[]; readonly private?: boolean; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'backup.target'; readonly hosts?: readonly (string)[]; readonly entered?: boolean; readonly reason: string; readonly optional?: boolean })[]; readonly granted: readonly ({ readonly capability: 'state'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'storage'; readonly megabytes: number; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'methods'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'panel'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'timers'; readonly everySeconds: number; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'jobs'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'notifications'; readonly perDay: number; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'health'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'server.read'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'services.read'; readonly services: 'all' | readonly (string)[]; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'services.addresses'; readonly services: 'all' | readonly (string)[]; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'services.give-addresses'; readonly services: 'all' | readonly (string)[]; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'services.control'; readonly services: 'all' | readonly (string)[]; readonly moves: readonly ('start' | 'stop' | 'restart')[]; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'events.listen'; readonly events: readonly ('service.installed' | 'service.removed' | 'service.status' | 'service.health' | 'job.finished' | 'server.changed' | string)[]; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'events.emit'; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'network.fetch'; readonly hosts: readonly (string)[]; readonly private?: boolean; readonly reason: string; readonly optional?: boolean } | { readonly capability: 'backup.target'; readonly hosts?: readonly (string)[]; readonly entered?: boolean; readonly reason: string; readonly optional?: boolean })[]; readonly panel: { readonly title: string; readonly file: string } | null; readonly methods: readonly ({ readonly name: string; readonly about: string; readonly allow: 'viewer' | 'admin' | 'owner' })[]; readonly status: { readonly state: 'off' | 'waiting' | 'starting' | 'running' | 'backing-off' | 'failed'; readonly reason: string; readonly since: number; readonly crashes: number; readonly checks: Readonly<Record<string, { readonly name: string; readonly result: 'success' | 'failure' | 'starting' | 'disabled'; readonly message: string | null; readonly since: number }>> }; readonly may: readonly (string)[]; readonly missing: readonly (string)[]; readonly memory: number })[] };
  };
  'plugin.logs': {
    readonly input: { readonly id: string; readonly limit?: number };
    readonly output: { readonly lines: readonly ({ readonly time: number; readonly level: string; readonly message: string })[] };
  };
  'plugin.remove': {
    readonly input: { readonly id: string; readonly keepData?: boolean };
    readonly output: { readonly rev: number };
  };
  'registry.add': {
    readonly input: { readonly url: string };
    readonly output: { readonly rev: number };
  };
  'registry.list': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly registries: readonly ({ readonly url: string; readonly name: string; readonly fixed: boolean })[] };
  };
  'registry.remove': {
    readonly input: { readonly url: string };
    readonly output: { readonly rev: number };
  };
  'server.clear-smtp': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly rev: number };
  };
  'server.set-smtp': {
    readonly input: { readonly host: string; readonly port: number; readonly from: string; readonly username?: string; readonly password?: string | null; readonly security?: 'starttls' | 'tls' };
    readonly output: { readonly rev: number };
  };
  'server.start-services': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: Readonly<Record<string, never>>;
  };
  'server.status': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly name: string; readonly hostname: string; readonly setUp: boolean; readonly version: string; readonly startedAt: number; readonly mode: 'starting' | 'running' | 'diagnostic'; readonly rev: number; readonly plugins: readonly ({ readonly plugin: string; readonly about: string; readonly phase: 'setup' | 'start' | 'ready' | 'running'; readonly outcome: 'ok' | 'failed' | 'skipped'; readonly took: number; readonly error: { readonly code: string; readonly message: string } | null })[]; readonly rescueCode: string | null };
  };
  'server.stop-services': {
    readonly input: { readonly withinMs?: number };
    readonly output: { readonly stopped: readonly (string)[]; readonly forced: readonly (string)[]; readonly left: readonly (string)[] };
  };
  'server.test-smtp': {
    readonly input: { readonly to: string };
    readonly output: Readonly<Record<string, never>>;
  };
  'setup.execute': {
    readonly input: { readonly code?: string; readonly name: string; readonly password: string };
    readonly output: { readonly token: string | null; readonly name: string; readonly hostname: string; readonly rev: number };
  };
  'setup.status': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly setUp: boolean; readonly codeRequired: boolean };
  };
  'support.bundle': {
    readonly input: Readonly<Record<string, never>>;
    readonly output: { readonly bundle: Readonly<Record<string, unknown>> };
  };
}

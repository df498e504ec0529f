/**
 * Events announce that something happened; nobody answers them. Whoever needs an answer calls a method.
 *
 * Owners add theirs by declaration merging: `declare module '@hearth/contract/events' { interface EventMap { ... } }`.
 */
import type { CheckResult } from './service.ts';

export interface EventMap {
  'service.installed': { readonly service: string; readonly version: string };
  'service.removed': { readonly service: string };
  /** The actual state moved. */
  'service.status': { readonly service: string; readonly from: string; readonly to: string; readonly reason: string };
  /** A check of a service changed its result (not its message). `before` is null the first time. */
  'service.health': {
    readonly service: string;
    readonly check: string;
    readonly name: string;
    readonly before: CheckResult | null;
    readonly after: CheckResult;
    readonly message: string | null;
  };
  /** Bindings, interfaces or dependencies of a service changed: addresses and firewall must follow. */
  'service.network': { readonly service: string };
  /** A package asked that the owner be told something. */
  'service.notification': {
    readonly service: string;
    readonly level: 'success' | 'info' | 'warning' | 'error';
    readonly title: string;
    readonly message: string;
    readonly data: string | null;
  };
  'job.finished': {
    readonly job: string;
    readonly kind: string;
    readonly service: string | null;
    readonly outcome: 'succeeded' | 'failed' | 'cancelled';
    readonly code: string | null;
    readonly message: string | null;
  };
  /** A confined plugin asked that the owner be told something. */
  'plugin.notification': {
    readonly plugin: string;
    readonly title: string;
    readonly level: 'success' | 'info' | 'warning' | 'error';
    readonly message: string;
  };
  /** A check of a confined plugin changed its result. `after` is null when the check is gone. */
  'plugin.health': {
    readonly plugin: string;
    readonly check: string;
    readonly name: string;
    readonly after: CheckResult | null;
    readonly message: string | null;
  };
  /** A confined plugin announces something; the value has the shape its manifest gives. */
  'plugin.event': { readonly plugin: string; readonly name: string; readonly value: Readonly<Record<string, unknown>> };
  'server.changed': { readonly name: string; readonly hostname: string };
}

export interface Events {
  /** Listeners run one after the other; one that throws is logged with its owner and stops nobody else. */
  on<K extends keyof EventMap>(event: K, listener: (value: EventMap[K]) => void | Promise<void>): () => void;
  emit<K extends keyof EventMap>(event: K, value: EventMap[K]): void;
}

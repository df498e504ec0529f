/**
 * Typed names of things that are injected.
 *
 * A plugin that needs the network writes `requires: { network: networkRef }` and receives it typed. The reference is all
 * it may import of another plugin or of the kernel.
 */

declare const provided: unique symbol;

export interface ServiceRef<T> {
  /** Unique in the house: `network`, `jobs`. */
  readonly id: string;
  /** Never present at run time; carries the type. */
  readonly [provided]?: T;
}

export function serviceRef<T>(id: string): ServiceRef<T> {
  return Object.freeze({ id });
}

export type RefMap = Readonly<Record<string, ServiceRef<unknown>>>;
export type Provided<R> = R extends ServiceRef<infer T> ? T : never;
export type Resolved<R extends RefMap> = { readonly [K in keyof R]: Provided<R[K]> };

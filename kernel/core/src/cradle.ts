/**
 * The cradle: the kernel's parts, made in the order they are written down.
 *
 * A factory sees only what was provided before it, so that a missing name, a wrong type and a circle are compile
 * errors. The only importer of awilix.
 */
import { type AwilixContainer, asFunction, asValue, createContainer, InjectionMode, Lifetime } from 'awilix';
import { HearthError } from '@hearth/contract';

type Stop = () => Promise<void> | void;
/** A name that is taken becomes an argument nobody can pass. */
type Free<Parts, Name extends string> = Name extends keyof Parts ? never : Name;

export class Cradle<Parts extends object> {
  readonly #container: AwilixContainer;
  readonly #undo: { readonly name: string; readonly stop: Stop }[];

  private constructor(container: AwilixContainer, undo: { name: string; stop: Stop }[]) {
    this.#container = container;
    this.#undo = undo;
  }

  static empty(): Cradle<object> {
    return new Cradle(createContainer({ injectionMode: InjectionMode.PROXY, strict: true }), []);
  }

  value<Name extends string, T>(name: Free<Parts, Name>, value: T): Cradle<Parts & { readonly [K in Name]: T }> {
    this.#container.register(name, asValue(value));
    return new Cradle(this.#container, this.#undo);
  }

  /** Makes the part now; `stop` is called, in reverse order, when the cradle stops. */
  provide<Name extends string, T>(
    name: Free<Parts, Name>,
    make: (parts: Parts) => T,
    stop?: (part: T) => Promise<void> | void,
  ): Cradle<Parts & { readonly [K in Name]: T }> {
    this.#container.register(name, asFunction(make, { lifetime: Lifetime.SINGLETON }));
    const part = this.#container.resolve<T>(name);
    if (stop !== undefined) this.#undo.push({ name, stop: () => stop(part) });
    return new Cradle(this.#container, this.#undo);
  }

  /** The parts, by name. */
  get parts(): Parts {
    return this.#container.cradle as Parts;
  }

  /** Stops one part after the other, the last made first; every one is tried. Answers what failed. */
  async stop(): Promise<readonly { readonly name: string; readonly error: HearthError }[]> {
    const failed: { name: string; error: HearthError }[] = [];
    for (let next = this.#undo.pop(); next !== undefined; next = this.#undo.pop()) {
      try {
        await next.stop();
      } catch (error) {
        failed.push({ name: next.name, error: HearthError.from(error) });
      }
    }
    return failed;
  }
}

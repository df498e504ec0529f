/** `Intl`: words and numbers by the host's tables. */
import { call, facts } from './host.ts';

type Locales = string | readonly string[] | undefined;

function localesOf(locales: Locales): readonly string[] | null {
  if (typeof locales === 'string') return [locales];
  if (locales !== undefined) return locales;
  const own = facts.language.replace(/\..*$/, '').replace('_', '-');
  return own === 'C' || own === '' ? ['en-US'] : [own];
}

class Formatter {
  readonly #kind: string;
  readonly #locales: readonly string[] | null;
  readonly #options: object;

  constructor(kind: string, locales: Locales, options: object | undefined) {
    this.#kind = kind;
    this.#locales = localesOf(locales);
    this.#options = options ?? {};
    this.resolvedOptions();
  }

  protected ask(value: unknown): string {
    return call('intl.format', [this.#kind, this.#locales, this.#options, value]) as string;
  }

  protected askParts(value: unknown): unknown {
    return call('intl.parts', [this.#kind, this.#locales, this.#options, value]);
  }

  resolvedOptions(): unknown {
    return call('intl.options', [this.#kind, this.#locales, this.#options]);
  }
}

const numeric = (value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
const instant = (value: unknown): number => (value === undefined ? Date.now() : Number(value));
const supported = (kind: string) => (locales: Locales) => call('intl.locales', [kind, localesOf(locales)]);

class NumberFormat extends Formatter {
  static readonly supportedLocalesOf = supported('NumberFormat');
  readonly format = (value: unknown): string => this.ask(numeric(value));
  readonly formatToParts = (value: unknown): unknown => this.askParts(numeric(value));

  constructor(locales?: Locales, options?: object) {
    super('NumberFormat', locales, options);
  }
}

class DateTimeFormat extends Formatter {
  static readonly supportedLocalesOf = supported('DateTimeFormat');
  readonly format = (value?: unknown): string => this.ask(instant(value));
  readonly formatToParts = (value?: unknown): unknown => this.askParts(instant(value));

  constructor(locales?: Locales, options?: object) {
    super('DateTimeFormat', locales, options);
  }
}

class ListFormat extends Formatter {
  readonly format = (list: Iterable<string>): string => this.ask([...list]);

  constructor(locales?: Locales, options?: object) {
    super('ListFormat', locales, options);
  }
}

class PluralRules extends Formatter {
  readonly select = (value: number): string => this.ask(value);

  constructor(locales?: Locales, options?: object) {
    super('PluralRules', locales, options);
  }
}

class RelativeTimeFormat extends Formatter {
  readonly format = (value: number, unit: string): string => this.ask([value, unit]);

  constructor(locales?: Locales, options?: object) {
    super('RelativeTimeFormat', locales, options);
  }
}

class Collator extends Formatter {
  readonly compare = (first: string, second: string): number => Number(this.ask([first, second]));

  constructor(locales?: Locales, options?: object) {
    super('Collator', locales, options);
  }
}

class DisplayNames extends Formatter {
  readonly of = (code: string): string => this.ask(code);

  constructor(locales?: Locales, options?: object) {
    super('DisplayNames', locales, options);
  }
}

type Maker<T> = new (locales?: Locales, options?: object) => T;

/** Callable with and without `new`, as the real ones are. */
function either<T extends Formatter>(made: Maker<T>): Maker<T> {
  return new Proxy(made, { apply: (target, _self, args: [Locales, object]) => new target(...args) });
}

export const intl = {
  NumberFormat: either(NumberFormat),
  DateTimeFormat: either(DateTimeFormat),
  ListFormat,
  PluralRules,
  RelativeTimeFormat,
  Collator: either(Collator),
  DisplayNames,
  getCanonicalLocales: (locales: Locales) => localesOf(locales),
};

/** The `toLocale…` methods, which QuickJS answers without tables. */
export function installLocaleMethods(): void {
  const define = (prototype: object, name: string, value: unknown): void => {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  };
  define(Number.prototype, 'toLocaleString', function (this: number, locales?: Locales, options?: object) {
    return new NumberFormat(locales, options).format(this);
  });
  define(BigInt.prototype, 'toLocaleString', function (this: bigint, locales?: Locales, options?: object) {
    return new NumberFormat(locales, options).format(this);
  });
  const date = (defaults: object) =>
    function (this: Date, locales?: Locales, options?: object) {
      const wanted = options === undefined || Object.keys(options).length === 0 ? defaults : options;
      return new DateTimeFormat(locales, wanted).format(this.getTime());
    };
  const day = { year: 'numeric', month: 'numeric', day: 'numeric' };
  const time = { hour: 'numeric', minute: 'numeric', second: 'numeric' };
  define(Date.prototype, 'toLocaleString', date({ ...day, ...time }));
  define(Date.prototype, 'toLocaleDateString', date(day));
  define(Date.prototype, 'toLocaleTimeString', date(time));
  define(
    String.prototype,
    'localeCompare',
    function (this: string, other: string, locales?: Locales, options?: object) {
      return new Collator(locales, options).compare(this, other);
    },
  );
}

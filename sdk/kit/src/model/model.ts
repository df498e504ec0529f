/**
 * What a configuration file holds: a small description that gives the type, reads what is there, and says where it is wrong.
 *
 * Keys nobody described are kept: the program a file belongs to has settings of its own.
 */

/** How a value came to be: some formats know only text, so that `8080` may be a number there and `yes` a flag. */
export interface Reading {
  /** Where in the file, for messages: `server.port`. */
  readonly at: string;
  /** The format has numbers and flags of its own; without them text is read as one. */
  readonly typed: boolean;
}

/** Reads one value; throws a sentence that names the place. */
export interface Model<T> {
  read(value: unknown, reading: Reading): T;
  /** It may be left out: `read(undefined)` answers. */
  readonly optional?: true;
}

/** The type of what a model reads: `Held<typeof settings>`. */
export type Held<M> = M extends Model<infer T> ? T : never;

const wrong = ({ at }: Reading, what: string): Error => new Error(`${at === '' ? 'The file' : at} must be ${what}`);

/** Text of any length. */
export function text(): Model<string> {
  return {
    read(value, reading) {
      if (typeof value === 'string') return value;
      // Text of a format that guesses types: `version: 1.10` is meant as it stands only in quotes, but better than nothing.
      if (!reading.typed && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
      throw wrong(reading, 'text');
    },
  };
}

/** A finite number; `integer`, `min` and `max` narrow it. Both ends count as within. */
export function number(
  rules: { readonly integer?: boolean; readonly min?: number; readonly max?: number } = {},
): Model<number> {
  const { integer = false, min = -Infinity, max = Infinity } = rules;
  return {
    read(value, reading) {
      const given = !reading.typed && typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof given !== 'number' || !Number.isFinite(given)) throw wrong(reading, 'a number');
      if (integer && !Number.isInteger(given)) throw wrong(reading, 'a whole number');
      if (given < min || given > max) throw wrong(reading, `from ${min} to ${max}`);
      return given;
    },
  };
}

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** True or false; in formats of plain text also yes/no, on/off and 1/0. */
export function flag(): Model<boolean> {
  return {
    read(value, reading) {
      if (typeof value === 'boolean') return value;
      const word = reading.typed ? undefined : words[String(value).toLowerCase()];
      if (word === undefined) throw wrong(reading, 'true or false');
      return word;
    },
  };
}

/** One of these words. */
export function oneOf<const W extends readonly string[]>(...choices: W): Model<W[number]> {
  return {
    read(value, reading) {
      const found = choices.find((choice) => choice === value);
      if (found === undefined) throw wrong(reading, `one of ${choices.join(', ')}`);
      return found;
    },
  };
}

/** As many as there are, each read alike. One alone counts as a list where the format cannot tell (XML, INI). */
export function list<T>(each: Model<T>): Model<readonly T[]> {
  return {
    read(value, reading) {
      const given = Array.isArray(value) ? (value as unknown[]) : reading.typed || value === undefined ? null : [value];
      if (given === null) throw wrong(reading, 'a list');
      return given.map((item, index) => each.read(item, { ...reading, at: `${reading.at}[${index}]` }));
    },
  };
}

/** Values by names that are not known before. */
export function table<T>(each: Model<T>): Model<Readonly<Record<string, T>>> {
  return {
    read(value, reading) {
      if (!isTable(value)) throw wrong(reading, 'a table');
      const read = Object.entries(value).map(([key, item]) => [key, each.read(item, below(reading, key))]);
      return Object.fromEntries(read) as Record<string, T>;
    },
  };
}

/** May be absent, or null: then it is undefined. */
export function optional<T>(inner: Model<T>): Model<T | undefined> & { readonly optional: true } {
  return {
    optional: true,
    read: (value, reading) => (value === undefined || value === null ? undefined : inner.read(value, reading)),
  };
}

/** May be absent: then it is `fallback`. */
export function withDefault<T>(inner: Model<T>, fallback: NoInfer<T>): Model<T> {
  return { read: (value, reading) => (value === undefined ? fallback : inner.read(value, reading)) };
}

/** Whatever it is. */
export function anything(): Model<unknown> {
  return { read: (value) => value };
}

type Parts = Readonly<Record<string, Model<unknown>>>;
type Needed<P> = { [key in keyof P]: P[key] extends { readonly optional: true } ? never : key }[keyof P];

/** What `object` reads: optional parts are optional properties. */
export type ObjectOf<P> = { readonly [key in Needed<P>]: Held<P[key]> } & {
  readonly [key in Exclude<keyof P, Needed<P>>]?: Held<P[key]>;
};

/** Named parts. What is not named is kept as it is. */
export function object<const P extends Parts>(parts: P): Model<ObjectOf<P>> {
  return {
    read(value, reading) {
      if (!isTable(value)) throw wrong(reading, 'a table');
      const made: Record<string, unknown> = { ...value };
      for (const [key, part] of Object.entries(parts)) {
        const read = part.read(Object.hasOwn(value, key) ? value[key] : undefined, below(reading, key));
        if (read === undefined) delete made[key];
        else made[key] = read;
      }
      return made as ObjectOf<P>;
    },
  };
}

/** Any library's schema that follows the Standard Schema convention (zod, valibot, arktype): bring your own. */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
    ) =>
      | { readonly value: T; readonly issues?: undefined }
      | { readonly issues: readonly { readonly message: string }[] }
      | Promise<unknown>;
  };
}

/** A model out of a schema of another library. It must answer at once. */
export function schema<T>(standard: StandardSchema<T>): Model<T> {
  return {
    read(value, reading) {
      const result = standard['~standard'].validate(value);
      if (result instanceof Promise) throw new Error('A schema that answers later cannot describe a file');
      if (result.issues !== undefined)
        throw wrong(reading, `as its schema says: ${result.issues.map(({ message }) => message).join('; ')}`);
      return result.value;
    },
  };
}

const below = (reading: Reading, key: string): Reading => ({
  ...reading,
  at: reading.at === '' ? key : `${reading.at}.${key}`,
});

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

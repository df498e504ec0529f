/** `util.parseArgs`. */
interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  readonly default?: unknown;
}
interface Config {
  readonly args?: readonly string[];
  readonly options?: Readonly<Record<string, Option>>;
  readonly strict?: boolean;
  readonly allowPositionals?: boolean;
  readonly allowNegative?: boolean;
}

const refuse = (code: string, message: string): never => {
  throw Object.assign(new TypeError(message), { code: `ERR_PARSE_ARGS_${code}` });
};

class Parser {
  readonly values = Object.create(null) as Record<string, unknown>;
  readonly positionals: string[] = [];
  readonly #options: Readonly<Record<string, Option>>;
  readonly #strict: boolean;
  readonly #negative: boolean;
  readonly #places: boolean;
  readonly #rest: string[];

  constructor({ args = [], options = {}, strict = true, allowPositionals, allowNegative = false }: Config) {
    this.#options = options;
    this.#strict = strict;
    this.#negative = allowNegative;
    this.#places = allowPositionals ?? !strict;
    this.#rest = [...args];
  }

  run(): this {
    for (let word = this.#rest.shift(); word !== undefined; word = this.#rest.shift()) {
      const long = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word);
      if (word === '--') for (const one of this.#rest.splice(0)) this.#place(one);
      else if (long !== null) this.#option(long[1] ?? '', `--${long[1] ?? ''}`, long[2]);
      else if (/^-[^-]/.test(word)) this.#letters(word.slice(1));
      else this.#place(word);
    }
    for (const [name, { default: fallback }] of Object.entries(this.#options))
      if (fallback !== undefined && !(name in this.values)) this.values[name] = fallback;
    return this;
  }

  #place(word: string): void {
    if (this.#places) this.positionals.push(word);
    else
      refuse('UNEXPECTED_POSITIONAL', `Unexpected argument '${word}'. This command does not take positional arguments`);
  }

  /** `-abc`: letters of options without a value; the last may have one. */
  #letters(letters: string): void {
    for (let at = 0; at < letters.length; at++) {
      const letter = letters[at] ?? '';
      const name = Object.entries(this.#options).find(([, { short }]) => short === letter)?.[0] ?? letter;
      const tail = letters.slice(at + 1);
      const takes = this.#options[name]?.type === 'string' && tail !== '';
      this.#option(name, `-${letter}`, takes ? tail : undefined);
      if (takes) return;
    }
  }

  /** @param written as it stood: for the words of an error */
  #option(name: string, written: string, given: string | undefined): void {
    const known = this.#options[name];
    if (known === undefined) this.#unknown(name, written, given);
    else if (known.type === 'boolean') {
      if (given !== undefined && this.#strict)
        refuse('INVALID_OPTION_VALUE', `Option '${written}' does not take an argument`);
      this.#keep(name, given ?? true);
    } else this.#keep(name, this.#valueOf(written, given) ?? true);
  }

  #unknown(name: string, written: string, given: string | undefined): void {
    const denied = this.#negative && name.startsWith('no-') ? name.slice(3) : null;
    if (denied !== null && this.#options[denied]?.type === 'boolean') return this.#keep(denied, false);
    if (this.#strict) refuse('UNKNOWN_OPTION', `Unknown option '${written}'`);
    this.#keep(name, given ?? true);
  }

  #valueOf(written: string, given: string | undefined): string | undefined {
    if (given !== undefined) return given;
    const [next] = this.#rest;
    const missing = next === undefined || (next.startsWith('-') && next.length > 1);
    if (missing && this.#strict) refuse('INVALID_OPTION_VALUE', `Option '${written} <value>' argument missing`);
    return this.#rest.shift();
  }

  #keep(name: string, value: unknown): void {
    const many = this.#options[name]?.multiple === true;
    this.values[name] = many ? [...((this.values[name] ?? []) as unknown[]), value] : value;
  }
}

export function parseArgs(config: Config = {}): { values: Record<string, unknown>; positionals: string[] } {
  const { values, positionals } = new Parser(config).run();
  return { values, positionals };
}

/** `Headers` of fetch. */
export type HeadersInit = Headers | Iterable<readonly [string, string]> | Record<string, string>;

export class Headers {
  readonly #values = new Map<string, string>();

  constructor(init: HeadersInit = {}) {
    const rows = Symbol.iterator in init ? init : Object.entries(init);
    for (const [name, value] of rows) this.append(name, value);
  }

  append(name: string, value: unknown): void {
    const key = name.toLowerCase();
    const before = this.#values.get(key);
    const glue = key === 'cookie' ? '; ' : ', ';
    this.#values.set(key, before === undefined ? String(value) : `${before}${glue}${String(value)}`);
  }

  set(name: string, value: unknown): void {
    this.#values.set(name.toLowerCase(), String(value));
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  getSetCookie(): string[] {
    const value = this.get('set-cookie');
    return value === null ? [] : value.split(/, (?=[^;]+?=)/);
  }

  forEach(visit: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this) visit(value, name, this);
  }

  keys(): IterableIterator<string> {
    return [...this.#values.keys()].sort().values();
  }

  values(): IterableIterator<string> {
    return [...this].map(([, value]) => value).values();
  }

  entries(): IterableIterator<[string, string]> {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1)).values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

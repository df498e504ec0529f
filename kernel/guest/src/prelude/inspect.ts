/** `util.inspect` and `util.format`: for people who read logs, near enough to Node's. */
export interface InspectOptions {
  readonly depth?: number | null;
  readonly maxArrayLength?: number | null;
}

const custom = Symbol.for('nodejs.util.inspect.custom');
const widest = 72;

export function inspect(value: unknown, options: InspectOptions = {}): string {
  return show(value, options.depth === null ? 20 : (options.depth ?? 2), new Set(), options.maxArrayLength ?? 100);
}

inspect.custom = custom;
inspect.defaultOptions = {} as InspectOptions;

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

function show(value: unknown, depth: number, seen: Set<object>, most: number): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return nameOfFunction(value);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (seen.has(value)) return '[Circular *1]';
  seen.add(value);
  try {
    return showObject(value, depth, seen, most);
  } finally {
    seen.delete(value);
  }
}

function nameOfFunction(value: object): string {
  const { name } = value as { name?: string };
  return `[Function${name === undefined || name === '' ? ' (anonymous)' : `: ${name}`}]`;
}

function showObject(value: object, depth: number, seen: Set<object>, most: number): string {
  const own = (value as Record<symbol, unknown>)[custom];
  if (typeof own === 'function') {
    const shown: unknown = own.call(value, depth, {}, inspect);
    return typeof shown === 'string' ? shown : show(shown, depth, seen, most);
  }
  if (value instanceof Error) return showError(value, depth, seen, most);
  const short = showShort(value);
  if (short !== null) return short;
  if (depth < 0) return Array.isArray(value) ? '[Array]' : `[${prefixOf(value) || 'Object'}]`;
  const inner = (item: unknown): string => show(item, depth - 1, seen, most);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const list = Array.from(value as Uint8Array);
    return `${prefixOf(value)}(${list.length}) ${wrap('[', cut(list.map(String), most), ']')}`;
  }
  if (Array.isArray(value)) return wrap('[', cut(value.map(inner), most), ']');
  if (value instanceof Set) return `Set(${value.size}) ${wrap('{', cut([...value].map(inner), most), '}')}`;
  if (value instanceof Map) {
    const rows = [...value].map(([key, item]) => `${inner(key)} => ${inner(item)}`);
    return `Map(${value.size}) ${wrap('{', cut(rows, most), '}')}`;
  }
  const prefix = prefixOf(value);
  return (prefix === '' ? '' : `${prefix} `) + wrap('{', rowsOf(value, inner), '}');
}

function showShort(value: object): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return String(value);
  return value instanceof Promise ? 'Promise { <pending> }' : null;
}

function showError(error: Error, depth: number, seen: Set<object>, most: number): string {
  const head = `${error.name}: ${error.message}`;
  const stack = typeof error.stack === 'string' ? error.stack.replace(/\n$/, '') : '';
  const text = stack === '' ? head : stack.startsWith(error.name) ? stack : `${head}\n${stack}`;
  const extra = Object.keys(error).filter((key) => key !== 'name' && key !== 'message' && key !== 'stack');
  const cause = error.cause === undefined ? '' : `\n  [cause]: ${show(error.cause, depth - 1, seen, most)}`;
  if (extra.length === 0 || depth < 0) return text + cause;
  return `${text} ${wrap(
    '{',
    rowsOf(error, (item) => show(item, depth - 1, seen, most)),
    '}',
  )}${cause}`;
}

function rowsOf(value: object, inner: (item: unknown) => string): string[] {
  const rows: string[] = [];
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (property.enumerable !== true) continue;
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
    rows.push(`${name}: ${property.get === undefined ? inner(property.value) : '[Getter]'}`);
  }
  return rows;
}

function prefixOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  if (prototype === null) return '[Object: null prototype]';
  const name = prototype.constructor?.name ?? '';
  return name === 'Object' ? '' : name;
}

function cut(rows: string[], most: number): string[] {
  return rows.length <= most ? rows : [...rows.slice(0, most), `... ${rows.length - most} more items`];
}

function wrap(open: string, rows: string[], close: string): string {
  if (rows.length === 0) return open + close;
  const line = `${open} ${rows.join(', ')} ${close}`;
  if (line.length <= widest && !line.includes('\n')) return line;
  return `${open}\n${rows.map((row) => `  ${row.replaceAll('\n', '\n  ')}`).join(',\n')}\n${close}`;
}

export function format(...values: unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== 'string') return values.map((value) => plain(value)).join(' ');
  const filled = first.replaceAll(/%([sdifjoOc%])/g, (whole, kind: string) => {
    if (kind === '%') return '%';
    if (rest.length === 0) return whole;
    return formatOne(kind, rest.shift());
  });
  return [filled, ...rest.map((value) => plain(value))].join(' ');
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value);
}

function formatOne(kind: string, value: unknown): string {
  switch (kind) {
    case 's':
      return typeof value === 'object' && value !== null ? inspect(value, { depth: 0 }) : String(value);
    case 'd':
      return String(typeof value === 'bigint' ? value : Number(value));
    case 'i':
      return String(Number.parseInt(String(value), 10));
    case 'f':
      return String(Number.parseFloat(String(value)));
    case 'j':
      return JSON.stringify(value);
    case 'c':
      return '';
    default:
      return inspect(value);
  }
}

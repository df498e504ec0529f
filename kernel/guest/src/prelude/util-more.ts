/** What `util` has been given in later years. */
import { DOMException } from './abort.ts';
import { format } from './inspect.ts';
import { os } from './os.ts';
import { parseArgs } from './parse-args.ts';
import { refusingAll } from './refused.ts';

const tagged = (name: string) => (value: unknown) => Object.prototype.toString.call(value) === `[object ${name}]`;
const arrays =
  'Int8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array';

export const typesMore: Record<string, (value: unknown) => boolean> = {
  ...Object.fromEntries(
    arrays
      .split(' ')
      .map((name) => [
        `is${name}`,
        (value: unknown) =>
          ArrayBuffer.isView(value) && (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === name,
      ]),
  ),
  isArgumentsObject: tagged('Arguments'),
  isBigIntObject: (value) => typeof value === 'object' && tagged('BigInt')(value),
  isSymbolObject: (value) => typeof value === 'object' && tagged('Symbol')(value),
  isStringObject: (value) => value instanceof String,
  isNumberObject: (value) => value instanceof Number,
  isBooleanObject: (value) => value instanceof Boolean,
  isGeneratorObject: tagged('Generator'),
  isMapIterator: tagged('Map Iterator'),
  isSetIterator: tagged('Set Iterator'),
  isWeakRef: (value) => value instanceof WeakRef,
  isModuleNamespaceObject: () => false,
  isExternal: () => false,
  isEventTarget: (value) => value instanceof EventTarget,
  isCryptoKey: tagged('CryptoKey'),
  isKeyObject: tagged('KeyObject'),
};

/** Escapes of terminals: name, on, off. */
const styles: Record<string, readonly [number, number]> = Object.fromEntries(
  [
    ['reset', 0, 0],
    ['bold', 1, 22],
    ['dim', 2, 22],
    ['italic', 3, 23],
    ['underline', 4, 24],
    ['inverse', 7, 27],
    ['hidden', 8, 28],
    ['strikethrough', 9, 29],
    ...['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].flatMap((name, at) => [
      [name, 30 + at, 39],
      [`bg${name.charAt(0).toUpperCase()}${name.slice(1)}`, 40 + at, 49],
      [`${name}Bright`, 90 + at, 39],
    ]),
    ['gray', 90, 39],
    ['grey', 90, 39],
  ].map(([name, on, off]) => [String(name), [Number(on), Number(off)] as const]),
);

interface StyleOptions {
  readonly validateStream?: boolean;
}

/** Where an output is no terminal, as here, text is left plain unless that is not to be heeded. */
function styleText(format: string | readonly string[], text: string, options: StyleOptions = {}): string {
  const wanted = typeof format === 'string' ? [format] : format;
  for (const name of wanted)
    if (!Object.hasOwn(styles, name) && name !== 'none')
      throw Object.assign(new TypeError(`The argument 'format' must be one of: ${Object.keys(styles).join(', ')}`), {
        code: 'ERR_INVALID_ARG_VALUE',
      });
  if (options.validateStream !== false) return text;
  return wanted.reduceRight((inner, name) => {
    const [on, off] = styles[name] ?? [0, 0];
    return name === 'none' ? inner : `\u001b[${on}m${inner}\u001b[${off}m`;
  }, text);
}

function parseEnv(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const line = /^\s*(?:export\s+)?([\w.-]+)\s*=[ \t]*("(?:\\.|[^"\\])*"|'[^']*'|`[^`]*`|[^#\r\n]*)?/gm;
  for (const [, name = '', raw = ''] of text.matchAll(line)) {
    const value = raw.trim();
    const quote = /^(["'`])([\s\S]*)\1$/.exec(value);
    found[name] =
      quote === null ? value : quote[1] === '"' ? (quote[2] ?? '').replaceAll('\\n', '\n') : (quote[2] ?? '');
  }
  return found;
}

const errnos = new Map(Object.entries(os.constants.errno).map(([name, number]) => [-number, name]));

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export const utilMore = {
  parseArgs,
  styleText,
  parseEnv,
  aborted,
  formatWithOptions: (_options: object, ...values: unknown[]) => format(...values),
  getCallSites: () => [],
  convertProcessSignalToExitCode: (signal: string) => 128 + (os.constants.signals[signal] ?? 0),
  setTraceSigInt: () => undefined,
  getSystemErrorName: (errno: number) => errnos.get(errno) ?? `Unknown system error ${errno}`,
  getSystemErrorMap: () => new Map([...errnos].map(([errno, name]) => [errno, [name, name]])),
  getSystemErrorMessage: (errno: number) => errnos.get(errno),
  transferableAbortController: () => new AbortController(),
  transferableAbortSignal: (signal: unknown) => signal,
  _extend: (target: object, source: object | null) => Object.assign(target, source),
  DOMException,
  ...refusingAll('util', 'MIMEType MIMEParams diff'),
};

/** `Error.captureStackTrace` and call sites, as V8 has them: made of the text this engine gives. */
interface Frame {
  readonly name: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly text: string;
}
type Prepare = (error: unknown, sites: readonly CallSite[]) => unknown;
interface StackError {
  stackTraceLimit?: number;
  prepareStackTrace?: Prepare | undefined;
  captureStackTrace?: (target: object, above?: unknown) => void;
}

const usualLimit = 10;

class CallSite {
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  getFileName(): string | null {
    return this.#frame.file;
  }

  getScriptNameOrSourceURL(): string | null {
    return this.#frame.file;
  }

  getLineNumber(): number | null {
    return this.#frame.line;
  }

  getColumnNumber(): number | null {
    return this.#frame.column;
  }

  getFunctionName(): string | null {
    return this.#frame.name;
  }

  toString(): string {
    return this.#frame.text;
  }
}

const unknown: Record<string, unknown> = {
  getThis: undefined,
  getFunction: undefined,
  getTypeName: null,
  getMethodName: null,
  getEvalOrigin: undefined,
  getPromiseIndex: null,
  isToplevel: true,
  isEval: false,
  isNative: false,
  isConstructor: false,
  isAsync: false,
  isPromiseAll: false,
};

/** Whatever a site of either making cannot answer. */
function complete(prototype: object): void {
  for (const [name, answer] of Object.entries(unknown))
    if (!(name in prototype))
      Object.defineProperty(prototype, name, { value: () => answer, configurable: true, writable: true });
}
complete(CallSite.prototype);

/** Runs with another way to show stacks; the engine asks it when a stack is first looked at. */
function prepared<T>(known: StackError, prepare: Prepare | undefined, run: () => T): T {
  const before = known.prepareStackTrace;
  known.prepareStackTrace = prepare;
  try {
    return run();
  } finally {
    known.prepareStackTrace = before;
  }
}

function frameOf(line: string): Frame {
  const text = line.trim().replace(/^at /, '');
  const [, name = null, place = text] = /^(.*?) \((.*)\)$/.exec(text) ?? [];
  const [, file = place, row, column] = /^(.*?)(?::(\d+))?(?::(\d+))?$/.exec(place) ?? [];
  return {
    name: name === '<anonymous>' || name === '<eval>' ? null : name,
    file: file === 'native' || file === '' ? null : file,
    line: row === undefined ? null : Number(row),
    column: column === undefined ? null : Number(column),
    text,
  };
}

const headOf = (target: object): string => {
  const { name = 'Error', message = '' } = target as { name?: unknown; message?: unknown };
  return message === '' ? String(name) : `${String(name)}: ${String(message)}`;
};

export function installCallSites(): void {
  const known = Error as unknown as StackError;
  known.stackTraceLimit ??= usualLimit;
  const own: unknown = prepared(
    known,
    (_error, sites) => sites,
    () => new Error('here').stack,
  );
  if (Array.isArray(own) && own.length > 0) complete(Object.getPrototypeOf(own[0]) as object);
  known.captureStackTrace = (target, above) => {
    const text = prepared(known, undefined, () => new Error('here').stack ?? '');
    const frames = text.split('\n').filter((line) => line.trim().startsWith('at '));
    // The first is this function; those above the given one are nobody's business.
    const name = typeof above === 'function' ? above.name : '';
    const at = name === '' ? -1 : frames.findIndex((line) => frameOf(line).name === name);
    const shown = frames.slice(Math.max(1, at + 1), Math.max(1, at + 1) + (known.stackTraceLimit ?? usualLimit));
    const { prepareStackTrace } = known;
    const value =
      typeof prepareStackTrace === 'function'
        ? prepareStackTrace(
            target,
            shown.map((line) => new CallSite(frameOf(line))),
          )
        : [headOf(target), ...shown].join('\n');
    Object.defineProperty(target, 'stack', { value, writable: true, configurable: true, enumerable: false });
  };
}

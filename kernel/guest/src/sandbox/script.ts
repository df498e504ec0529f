/** The script and the turns it takes. Every entry has a deadline; whoever overruns it is not asked again. */
import type { QuickJSHandle } from 'quickjs-emscripten-core';
import type { ErrorShape } from '../files/error.ts';
import { bufferOf, type Host, installHost } from './bridge.ts';
import { type Engine, makeEngine } from './engine.ts';
import { fillMemory, openImage, type Parts, pointersOf, writeImage } from './image.ts';
import type { SandboxData } from './messages.ts';

const jobsAtOnce = 1000;
const scriptName = 'index.js';

/**
 * As Node wraps it. An arrow function of the bundle that says `arguments` means those of the wrapper: by way of `callee`
 * they would keep the whole bundle's text, and that twice. (In strict code there is no such thing, and nothing to delete.)
 */
function wrapped(source: string): string {
  const code = source.startsWith('#!') ? `//${source}` : source;
  const end = ';try{delete arguments.callee}catch{}';
  return `(function (exports, require, module, __filename, __dirname) {${code}\n${end}})`;
}

/** What the release brings: the compiled engine, and the text a world without an image begins with. */
export interface EngineParts {
  readonly wasm: WebAssembly.Module;
  prelude(): string;
}

export class Script {
  readonly #engine: Engine;
  readonly #data: SandboxData;
  readonly #fatal: (reason: string) => void;
  #deadline = Infinity;
  #overrun = false;
  #parts: Parts | null = null;

  private constructor(engine: Engine, data: SandboxData, fatal: (reason: string) => void) {
    this.#engine = engine;
    this.#data = data;
    this.#fatal = fatal;
  }

  /** Makes the engine and evaluates the prelude; the package's own code comes later, by `load`. */
  static async make(
    data: SandboxData,
    parts: EngineParts,
    host: Host,
    fatal: (reason: string) => void,
  ): Promise<Script> {
    let script: Script | null = null;
    const engine = await makeEngine(parts.wasm, data.limits.memory, () => script?.mayGoOn() ?? true);
    script = new Script(engine, data, fatal);
    script.#start(parts.prelude(), host);
    return script;
  }

  /** The world as the image has it, with the bundle evaluated; null where there is no image, or one that does not wake. */
  static async restore(
    data: SandboxData,
    parts: EngineParts,
    host: Host,
    image: { readonly file: string; readonly key: string },
    fatal: (reason: string) => void,
  ): Promise<Script | null> {
    const found = openImage(image.file, image.key);
    if (found === null) return null;
    let awake = false;
    let script: Script | null = null;
    try {
      const mayGoOn = (): boolean => script?.mayGoOn() ?? true;
      const engine = await makeEngine(parts.wasm, data.limits.memory, mayGoOn, found.pages);
      script = new Script(engine, data, (reason) => awake && fatal(reason));
      // The same host functions in the same order as when the image was made: they are known by number, for as long as
      // this world's door is not let go of.
      installHost(engine.context, host);
      script.#parts = fillMemory(engine, found);
      awake = script.#wakes();
      return awake ? script : null;
    } catch {
      return null;
    } finally {
      found.close();
    }
  }

  /** Keeps the world as it is now; between turns only. */
  keep(file: string, key: string): void {
    if (this.#parts !== null) writeImage(file, key, this.#engine, pointersOf(this.#engine, this.#parts));
  }

  mayGoOn(): boolean {
    if (Date.now() <= this.#deadline) return true;
    this.#overrun = true;
    return false;
  }

  /** Host work done on behalf of the script does not count as its turn. */
  outside<T>(work: () => T): T {
    const from = Date.now();
    this.#data.entered[0] = 0;
    try {
      return work();
    } finally {
      this.#deadline += Date.now() - from;
      this.#data.entered[0] = Date.now();
    }
  }

  /** Evaluates the package's bundle as Node would a CommonJS file; answers what is wrong with its syntax, if anything. */
  load(source: string): ErrorShape | null {
    const { context } = this.#engine;
    let wrong: ErrorShape | null = null;
    this.#enter(this.#data.limits.loadMs, () => {
      const made = context.evalCode(wrapped(source), scriptName, { type: 'global' });
      if (made.error !== undefined) {
        if (this.#overrun) return made;
        wrong = made.error.consume((handle) => context.dump(handle) as ErrorShape);
        return undefined;
      }
      return made.value.consume((program) => context.callFunction(this.#part('load'), context.undefined, program));
    });
    return wrong;
  }

  request(id: string, method: string, params: unknown): void {
    this.#call('request', [id, method, JSON.stringify(params ?? null)]);
  }

  deliver(id: number, event: string, value: unknown, bytes: Uint8Array | undefined, last: boolean): void {
    this.#call('deliver', [id, event, JSON.stringify(value ?? null), bytes, last]);
  }

  #start(prelude: string, host: Host): void {
    const { context } = this.#engine;
    this.#enter(this.#data.limits.loadMs, () => {
      const made = context.evalCode(prelude, 'hearth:prelude', { type: 'global' });
      if (made.error !== undefined) return made;
      using opening = made.value;
      using begin = context.getProp(opening, 'begin');
      using door = installHost(context, host);
      using facts = context.newString(
        JSON.stringify({
          language: this.#data.language,
          hostname: this.#data.hostname,
          turnMs: this.#data.limits.turnMs,
        }),
      );
      const parts = context.callFunction(begin, context.undefined, door, facts);
      if (parts.error !== undefined) return parts;
      using found = parts.value;
      this.#parts = {
        deliver: context.getProp(found, 'deliver'),
        request: context.getProp(found, 'request'),
        load: context.getProp(found, 'load'),
        wake: context.getProp(found, 'wake'),
      };
      return undefined;
    });
  }

  #wakes(): boolean {
    const { context } = this.#engine;
    const given = 20 + (Date.now() % 1000);
    let answer = 0;
    this.#enter(this.#data.limits.turnMs, () => {
      const made = context
        .newNumber(given)
        .consume((n) => context.callFunction(this.#part('wake'), context.undefined, n));
      if (made.error === undefined) answer = context.getNumber(made.value);
      return made;
    });
    return answer === given * 2 + 1;
  }

  #part(name: keyof Parts): QuickJSHandle {
    if (this.#parts === null) throw new Error('The prelude did not start');
    return this.#parts[name];
  }

  #call(part: 'deliver' | 'request', values: readonly (string | number | boolean | Uint8Array | undefined)[]): void {
    const { context } = this.#engine;
    this.#enter(this.#data.limits.turnMs, () => {
      const handles = values.map((value) => this.#handleOf(value));
      try {
        return context.callFunction(this.#part(part), context.undefined, ...handles);
      } finally {
        for (const handle of handles) handle.dispose();
      }
    });
  }

  #handleOf(value: string | number | boolean | Uint8Array | undefined): QuickJSHandle {
    const { context } = this.#engine;
    if (typeof value === 'string') return context.newString(value);
    if (typeof value === 'number') return context.newNumber(value);
    if (typeof value === 'boolean') return value ? context.true.dup() : context.false.dup();
    return value === undefined ? context.undefined.dup() : bufferOf(context, value);
  }

  /** One turn: the call, then every job it left. An exception of the host itself means the engine cannot be trusted. */
  #enter(budget: number, run: () => ReturnType<Engine['context']['callFunction']> | undefined): void {
    const { runtime } = this.#engine;
    this.#deadline = Date.now() + budget;
    this.#data.entered[0] = Date.now();
    try {
      const result = run();
      if (result?.error !== undefined) this.#failed(result.error);
      else result?.value.dispose();
      while (!this.#overrun && runtime.hasPendingJob()) {
        const jobs = runtime.executePendingJobs(jobsAtOnce);
        if (jobs.error !== undefined) this.#failed(jobs.error);
        else jobs.dispose();
        this.mayGoOn();
      }
      if (this.#overrun) this.#fatal(`the script kept control for more than ${budget / 1000} seconds`);
    } catch (error) {
      this.#fatal(`the script's engine failed: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#data.entered[0] = 0;
      this.#deadline = Infinity;
    }
  }

  /** The prelude catches what a script throws; what comes out here is an interrupt, or a world without memory. */
  #failed(error: QuickJSHandle): void {
    const { context } = this.#engine;
    const shown = error.consume((handle): unknown => context.dump(handle));
    if (this.#overrun) return;
    this.#fatal(`the script's world failed: ${JSON.stringify(shown)}`);
  }
}

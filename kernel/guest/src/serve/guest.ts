/** The guest: one link to the host, one sandbox, the programs; and what passes between them. */
import type { GuestHello, guestProtocol } from '@hearth/contract';
import { type ErrorShape, shapeOfError } from '../files/error.ts';
import { Programs } from '../programs/programs.ts';
import type { ScriptMethod } from '../sandbox/messages.ts';
import { Attachments } from './attach.ts';
import type { GuestConfig } from './config.ts';
import { Health, type HealthParams } from './health.ts';
import { type HostMessage, Link, type RpcFailure } from './link.ts';
import { Logs } from './log.ts';
import { RegisteredCallbacks } from './registered.ts';
import { Quiet } from './quiet.ts';
import { type HeldResult, Results } from './results.ts';
import { type Ongoing, Sandbox, type Tell } from './sandbox.ts';
import type { ScriptThread } from './script-thread.ts';

const version = '0.1.0';
/** By type only: the contract's schemas have no place in a process that must stay small. */
const protocol = 1 satisfies typeof guestProtocol;
const scriptMethods = new Set<string>(['init', 'start', 'stop', 'exit', 'execute']);
/** How long the kernel may take to say it has the answer to `exit`, before the guest goes anyway. */
const farewellMs = 2000;
/** Longer than programs have to end by TERM, and to be gone after KILL. */
const endMs = 20_000;

export class Guest {
  readonly #config: GuestConfig;
  readonly #logs: Logs;
  readonly #health = new Health();
  readonly #callbacks = new RegisteredCallbacks();
  readonly #results = new Results();
  readonly #programs: Programs;
  readonly #sandbox: Sandbox;
  readonly #attachments: Attachments;
  readonly #link: Link;
  readonly #quiet = new Quiet(() => this.#sandbox.giveBack());
  readonly #leave: (code: number) => void;
  #phase: GuestHello['phase'] = 'fresh';
  #leaving: string | null = null;

  constructor(config: GuestConfig, thread: ScriptThread, leave: (code: number) => void) {
    this.#config = config;
    this.#leave = leave;
    this.#logs = new Logs(config.layout.logs);
    this.#programs = new Programs(config, {
      log: (source, text) => this.#logs.write(source, text),
      effect: (method, params) => this.#link.request(method, params),
      launched: (guids) => this.#sandbox.launched(guids),
    });
    this.#attachments = new Attachments(this.#programs);
    this.#sandbox = new Sandbox(config, thread, {
      begin: (op, args, tell) => this.#begin(op, args, tell),
      print: (text) => this.#logs.write('guest', text),
      died: (reason) => void this.#scriptDied(reason),
    });
    this.#link = new Link({
      path: config.layout.hostSocket,
      hello: () => this.#hello(),
      hear: (message) => this.#hear(message),
      note: (text) => this.#logs.write('guest', text),
    });
  }

  async close(): Promise<void> {
    this.#quiet.close();
    await this.#programs.endAll();
    await this.#link.close();
    await this.#sandbox.close();
  }

  #hello(): GuestHello {
    return {
      protocol,
      guest: version,
      instance: this.#config.instance,
      phase: this.#phase,
      running: this.#results.running(),
      results: this.#results.all(),
      callbacks: this.#callbacks.all(),
      health: this.#health.all(),
    };
  }

  #hear({ id, method, params }: HostMessage): void {
    if (method === 'callback') {
      const { id: callback, args } = params as { id: number; args: unknown[] };
      this.#callbacks.fired(callback);
      return this.#sandbox.callback(callback, args);
    }
    if (method === 'acknowledge') return this.#acknowledged((params as { request: string }).request);
    if (id === undefined) return;
    const request = String(id);
    if (method.startsWith('attach.')) return void this.#attach(id, method, params);
    if (method === 'files.watched') {
      return this.#link.answer({ jsonrpc: '2.0', id, result: { paths: this.#sandbox.watched } });
    }
    if (!scriptMethods.has(method)) {
      return this.#link.answer({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
    }
    if (this.#results.begin(request)) void this.#carryOut(request, method as ScriptMethod, params);
    else this.#tell(this.#results.held(request));
  }

  async #carryOut(request: string, method: ScriptMethod, params: unknown): Promise<void> {
    const before = this.#phase;
    this.#phase = duringPhase[method] ?? before;
    const outcome = await this.#outcome(request, method, params);
    if (method === 'stop' || method === 'exit') await this.#stopped();
    this.#phase = ('error' in outcome ? failedPhase : afterPhase)[method] ?? before;
    this.#results.end({ request, ...outcome });
    this.#tell(this.#results.held(request));
    this.#quiet.stir();
    if (method === 'exit') this.#farewell(request);
  }

  /** Nothing of a terminal is held for a host that went away. */
  async #attach(id: string | number, method: string, params: unknown): Promise<void> {
    try {
      this.#link.answer({ jsonrpc: '2.0', id, result: await this.#attachments.carryOut(method, params) });
    } catch (error) {
      this.#link.answer({ jsonrpc: '2.0', id, error: failureOf(shapeOfError(error)) });
    }
  }

  async #outcome(
    request: string,
    method: ScriptMethod,
    params: unknown,
  ): Promise<{ result: unknown } | { error: RpcFailure }> {
    try {
      return { result: (await this.#sandbox.request(request, method, params)) ?? null };
    } catch (error) {
      return { error: failureOf(error as ErrorShape) };
    }
  }

  /** Whatever `main` began and its daemons did not take with them ends now. */
  async #stopped(): Promise<void> {
    this.#health.clear();
    await this.#programs.endContext('main');
  }

  #tell(held: HeldResult | null): void {
    if (held === null) return;
    const { request, ...outcome } = held;
    this.#link.answer({ jsonrpc: '2.0', id: request, ...outcome });
  }

  /** After `exit` the container ends by itself, once the kernel has the answer. */
  #farewell(request: string): void {
    this.#phase = 'exited';
    this.#leaving = request;
    setTimeout(() => void this.#goodbye(), farewellMs).unref();
  }

  #acknowledged(request: string): void {
    this.#results.acknowledge(request);
    if (request === this.#leaving) void this.#goodbye();
  }

  async #goodbye(): Promise<void> {
    if (this.#leaving === null) return;
    this.#leaving = null;
    await this.#end(0);
  }

  /** Without its script a service is not itself: the programs are stopped and the container ends, as a crash. */
  async #scriptDied(reason: string): Promise<void> {
    this.#logs.write('guest', `The package's script was ended: ${reason}`);
    await this.#end(1);
  }

  /** In order as far as that goes and does not hang: with this process the container goes, and all that is in it. */
  async #end(code: number): Promise<void> {
    const late = setTimeout(() => this.#leave(code), endMs);
    await this.close().catch((error: unknown) => {
      this.#logs.write('guest', `Not everything was ended in order: ${shapeOfError(error).message}`);
    });
    clearTimeout(late);
    this.#leave(code);
  }

  #begin(op: string, args: readonly unknown[], tell: Tell): Ongoing {
    if (op === 'spawn') return this.#programs.spawn(args, tell);
    const [method, params, context] = args as [string, unknown, string];
    this.#effect(method, params, context).then(
      (value) => tell('done', value, undefined, true),
      (failure: unknown) => tell('refused', failure, undefined, true),
    );
    return { close: () => undefined };
  }

  async #effect(method: string, params: unknown, context: string): Promise<unknown> {
    this.#callbacks.heed(method, params);
    if (method === 'set-health') {
      // Told again by every hello: nothing is lost, and nothing waits, while the host is away.
      const changed = this.#health.set(params as HealthParams);
      return changed && this.#link.connected ? this.#link.request(method, params) : null;
    }
    if (method === 'subcontainer.create-fs') return this.#programs.create(params, context);
    if (method === 'subcontainer.destroy-fs') return this.#programs.destroy(params);
    if (method === 'mount') return this.#programs.mount(params);
    return this.#link.request(method, params);
  }
}

const duringPhase: Partial<Record<ScriptMethod, GuestHello['phase']>> = {
  init: 'initialising',
  stop: 'stopping',
  exit: 'stopping',
};
const afterPhase: Partial<Record<ScriptMethod, GuestHello['phase']>> = {
  init: 'loaded',
  start: 'running',
  stop: 'loaded',
  exit: 'exited',
};
const failedPhase: Partial<Record<ScriptMethod, GuestHello['phase']>> = {
  init: 'fresh',
  start: 'loaded',
  stop: 'loaded',
  exit: 'exited',
};

function failureOf(error: ErrorShape): RpcFailure {
  const { stack } = error as { stack?: string };
  return { code: 0, message: error.name, data: { details: error.message, debug: stack ?? null } };
}

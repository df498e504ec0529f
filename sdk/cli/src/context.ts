/** What every command works with. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './config.ts';
import { Logins, serverUrl } from './logins.ts';
import { Output } from './output.ts';
import type { Streams } from './output.ts';
import { Rpc } from './rpc.ts';

/** Options that stand before or after any command. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly socket?: string;
  readonly server?: string;
  readonly data?: string;
  readonly run?: string;
}

export interface World {
  readonly environment: Environment;
  readonly streams: Streams & { readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean } };
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export class Context {
  readonly output: Output;
  readonly world: World;
  readonly #options: GlobalOptions;

  constructor(options: GlobalOptions, world: World) {
    this.#options = options;
    this.world = world;
    this.output = new Output(options.json === true, world.streams);
  }

  get signal(): AbortSignal {
    return this.world.signal;
  }

  get logins(): Logins {
    return new Logins(this.world.environment.settings);
  }

  /** The box that is meant: named, or the one of this machine, or the latest that was logged in to. */
  async box(): Promise<Rpc> {
    const { environment } = this.world;
    const { socket, server, run, data } = this.#options;
    if (socket !== undefined) return new Rpc({ kind: 'socket', path: socket });
    if (server !== undefined) return this.#remote(server);
    if (run !== undefined || data !== undefined) return this.#local();
    if (environment.socket !== undefined) return new Rpc({ kind: 'socket', path: environment.socket });
    if (environment.server !== undefined) return this.#remote(environment.server);
    const latest = process.getuid?.() === 0 ? null : await this.logins.latest();
    return latest === null ? this.#local() : this.#remote(latest);
  }

  async #remote(text: string): Promise<Rpc> {
    const url = serverUrl(text);
    const login = await this.logins.find(url);
    return new Rpc({ kind: 'server', url, token: login?.token, authority: login?.authority });
  }

  async #local(): Promise<Rpc> {
    const { run, data } = this.#options;
    const folder = run ?? (data === undefined ? undefined : await runFolderOf(data)) ?? this.world.environment.run;
    return new Rpc({ kind: 'socket', path: join(folder ?? '/run/hearth', 'kernel/admin.sock') });
  }
}

/**
 * A box with its own data folder may have its sockets elsewhere. What the latest start wrote for the engine says where,
 * whichever way it was told; root alone can read it, and root alone can use the socket.
 */
async function runFolderOf(data: string): Promise<string | undefined> {
  for (const file of ['engine/engine.json', 'config.json']) {
    try {
      const { run } = JSON.parse(await readFile(join(data, file), 'utf8')) as { run?: unknown };
      if (typeof run === 'string') return run;
    } catch {
      // Not there, or not ours to read: the next one may say.
    }
  }
  return undefined;
}

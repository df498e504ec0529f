/** A guest outside any container: its folders are temporary ones, its host a fake, its programs not there. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGuest } from '../build/build.ts';
import type { Layout } from '../files/paths.ts';
import { Guest } from '../serve/guest.ts';
import type { GuestConfig } from '../serve/config.ts';
import { beginScriptThread } from '../serve/script-thread.ts';
import { FakeHost } from './fake-host.ts';

let built: Promise<string> | null = null;

/** Built once a test file. */
export function builtGuest(): Promise<string> {
  built ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-guest-built-'));
    await buildGuest(folder);
    return folder;
  })();
  return built;
}

export async function dropBuiltGuest(): Promise<void> {
  if (built !== null) rmSync(await built, { recursive: true, force: true });
  built = null;
}

export interface TestGuest extends AsyncDisposable {
  readonly host: FakeHost;
  readonly layout: Layout;
  readonly exits: number[];
  log(source: string): string;
}

/**
 * @param script what stands in `index.js` of the package
 * @param memory folder for its memory image, kept between guests
 */
export async function startGuest(
  script: string,
  config: Partial<GuestConfig> = {},
  memory: string | null = null,
): Promise<TestGuest> {
  const folder = await builtGuest();
  const root = mkdtempSync(join(tmpdir(), 'hearth-guest-'));
  const layout: Layout = {
    volumes: join(root, 'volumes'),
    assets: join(root, 'assets'),
    images: join(root, 'images'),
    backup: join(root, 'backup'),
    subcontainers: join(root, 'subcontainers'),
    javascript: join(root, 'javascript'),
    hostSocket: join(root, 'host.sock'),
    files: join(root, 'files'),
    logs: join(root, 'logs'),
    memory: memory ?? join(root, 'memory'),
    state: join(root, 'state'),
    temporary: join(root, 'temporary'),
  };
  for (const name of ['volumes/main', 'assets', 'images', 'backup', 'subcontainers', 'javascript'])
    mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(layout.javascript, 'index.js'), script);
  const host = new FakeHost(layout.hostSocket);
  await host.listen();
  const exits: number[] = [];
  const greeted = host.greeted();
  const whole: GuestConfig = {
    layout,
    folder,
    instance: 'test',
    service: 'test',
    language: 'en_US.UTF-8',
    scriptMemory: 128 * 1024 * 1024,
    loadMs: 60_000,
    turnMs: 10_000,
    ...config,
  };
  const guest = new Guest(whole, beginScriptThread(whole), (code) => exits.push(code));
  await greeted;
  return {
    host,
    layout,
    exits,
    log: (source) => {
      const name = readdirSync(layout.logs).find((file) => file === `${source}.log`);
      return name === undefined ? '' : readFileSync(join(layout.logs, name), 'utf8');
    },
    async [Symbol.asyncDispose]() {
      await guest.close();
      await host.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A package whose one action runs the given body: `effects`, `input` and `require` are at hand. */
export function scriptOf(body: string, more = ''): string {
  return `
    ${more}
    exports.init = async () => {};
    exports.uninit = async () => {};
    exports.actions = { get: (id) => id === 'do' ? {
      getInput: async () => null,
      run: async ({ effects, input }) => { ${body} },
    } : undefined };
  `;
}

export async function act(guest: TestGuest, input: unknown = null): Promise<unknown> {
  return guest.host.request('execute', {
    id: 'event-00000001',
    procedure: '/actions/do/run',
    input: { input },
    timeout: null,
  });
}

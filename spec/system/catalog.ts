/** A box with services of the catalog, used over their own addresses as their owners do. */
import { request } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { mkdirSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Box, makeBox } from './box.ts';

const minute = 60_000;
/** Time for tests that build an image. */
export const long = 12 * minute;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Household {
  readonly box: Box;
  /** The root certificate, as the owner's devices got it. */
  readonly ca: string;
  /** Installs from the marketplace; `tasks` runs what the package asks the owner to do elsewhere. */
  install(
    id: string,
    options?: {
      readonly tasks?: boolean;
      /** What the owner does before all is well. */
      readonly first?: () => Promise<unknown>;
    },
  ): Promise<void>;
  /** All its health checks are green. */
  healthy(id: string): Promise<void>;
  /** What an action shows, by name; the message beside it under ''. */
  action(id: string, action: string, input?: object): Promise<Record<string, string>>;
  /** Over HTTPS at `<label>.localhost`. */
  ask(label: string, path: string, asked?: Asked): Promise<Answer>;
  /** A TLS connection to an interface whose TLS Hearth ends, checked against the root certificate. */
  tls(id: string, face: string): Promise<TLSSocket>;
  /** A port of 127.0.0.1 that leads there, for clients that would first ask in the clear: as stunnel does. */
  tunnel(id: string, face: string): Promise<number>;
  /** Host and port of an interface, as the address list tells it. */
  place(id: string, face: string): Promise<{ readonly host: string; readonly port: number }>;
  restart(id: string): Promise<void>;
  /** Backs them up, takes them away with all they have, and brings them back: in the order one needs another. */
  comeBack(...ids: string[]): Promise<void>;
  close(): Promise<void>;
}

/** Will not get better by waiting. */
class Failed extends Error {}

export async function until<T>(what: string, limitMs: number, read: () => Promise<T | null | false>): Promise<T> {
  const end = Date.now() + limitMs;
  let last: unknown = null;
  for (;;) {
    const value = await read().catch((error: unknown) => {
      if (error instanceof Failed) throw error;
      last = error;
      return null;
    });
    if (value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`Waited ${limitMs / 1000} s in vain: ${what}`, { cause: last });
    await sleep(250);
  }
}

export const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

export async function makeHousehold(): Promise<Household> {
  const box = await makeBox();
  try {
    return await moveIn(box);
  } catch (error) {
    await box.close();
    throw error;
  }
}

async function moveIn(box: Box): Promise<Household> {
  await box.start();
  await box.call('setup.execute', { name: 'Family Server', password: 'correct horse battery staple' });
  const ca = await until('the root certificate', minute, () => plain(`http://127.0.0.1:${box.httpPort}/ca.crt`));
  const row = async (id: string) => (await box.call('db.dump', { pointer: `/services/${id}` })).value;
  const state = async (id: string) => (await row(id)).status;
  const tunnels: Server[] = [];

  const household: Household = {
    box,
    ca,
    async install(id, { tasks = false, first } = {}) {
      await done('package.install', { id });
      if (tasks) await runTasks(id);
      await first?.();
      await running(id);
    },
    healthy: (id) =>
      until(`every check of ${id} is green`, 2 * minute, async () => {
        const { value } = await box.call('db.dump', { pointer: `/serviceHealth/${id}` });
        const results = Object.values(value as Record<string, { result: string }>);
        if (results.length > 0 && results.every(({ result }) => result === 'success')) return true;
        throw new Error(JSON.stringify(value));
      }).then(() => undefined),
    async action(packageId, actionId, input) {
      const told = await box.call('package.action.run', { packageId, actionId, ...(input && { input }) });
      const values = (told?.result?.value ?? []) as { name: string; value: string }[];
      return { '': told?.message ?? '', ...Object.fromEntries(values.map(({ name, value }) => [name, value])) };
    },
    ask: (label, path, { method = 'GET', headers = {}, body = '' } = {}) =>
      new Promise((done, fail) => {
        const host = `${label}.localhost`;
        const length = body === '' && method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
        const exchange = request(
          {
            host: '127.0.0.1',
            port: box.port,
            path,
            ca,
            method,
            servername: host,
            headers: { host: `${host}:${box.port}`, ...length, ...headers },
          },
          (answer) => {
            let text = '';
            answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
            answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
          },
        );
        exchange.on('error', fail).end(body);
      }),
    async place(id, face) {
      const { addresses } = await box.call('net.address.list');
      const [first] = addresses[id]?.[face] ?? [];
      if (first === undefined) throw new Error(`No address of ${id}/${face}: ${JSON.stringify(addresses)}`);
      const found = /^(?:[a-z0-9+.-]+:\/\/)?([^/]+):(\d+)/.exec(first.url as string);
      if (found === null) throw new Error(`Not an address with a port: ${first.url}`);
      return { host: found[1] ?? '', port: Number(found[2]) };
    },
    async tls(id, face) {
      const { host, port } = await household.place(id, face);
      return new Promise((done, fail) => {
        const socket = connect({ host: '127.0.0.1', port, servername: host, ca }, () => done(socket));
        socket.once('error', fail);
      });
    },
    async tunnel(id, face) {
      const server = createServer((near) => {
        near.on('error', () => undefined);
        household.tls(id, face).then(
          (far) => near.pipe(far.on('error', () => near.destroy())).pipe(near),
          () => near.destroy(),
        );
      });
      tunnels.push(server);
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      return (server.address() as AddressInfo).port;
    },
    async restart(id) {
      const { startedAt } = await state(id);
      await box.call('package.restart', { id });
      await until(`${id} runs anew`, 2 * minute, async () => {
        const now = await state(id);
        return now.actual === 'running' && now.startedAt !== startedAt;
      });
      await household.healthy(id);
    },
    async comeBack(...ids) {
      const path = join(box.scratch, `backup-${ids.join('-')}`);
      mkdirSync(path, { mode: 0o755 });
      const target = { name: ids.join(' and '), path, password: 'a password for backups' };
      const { id } = await box.call('backup.target.add', target);
      await done('backup.create', { target: id, services: ids });
      for (const service of [...ids].reverse()) await done('package.uninstall', { id: service, soft: false });
      await done('package.backup.restore', { target: id, ids });
      for (const service of ids) await running(service);
    },
    async close() {
      await box.close();
      for (const server of tunnels) server.close();
    },
  };

  /** Calls what begins a job, and waits for its end. */
  async function done(method: string, input: object): Promise<void> {
    const { job } = await box.call(method, input);
    await until(`${method} is done`, long, async () => {
      const found = await box.call('job.get', { job });
      if (found.state === 'failed') throw new Failed(JSON.stringify(found.error ?? found));
      return found.state === 'succeeded';
    });
  }

  /** Starts it where that is still to be done. */
  async function running(id: string): Promise<void> {
    const { desired } = await state(id);
    if (desired !== 'running') await box.call('package.start', { id });
    await until(`${id} runs`, 2 * minute, async () => (await state(id)).actual === 'running');
    await household.healthy(id);
  }

  /** As the owner does who clicks what the page of the service asks for. */
  async function runTasks(id: string): Promise<void> {
    const { tasks } = await row(id);
    for (const { active, task } of Object.values<any>(tasks)) {
      if (!active || task.packageId === id) continue;
      await household.action(task.packageId, task.actionId, task.input?.set);
    }
  }
  return household;
}

/** A browser as far as a page without scripts needs one: keeps cookies. */
export class Visitor {
  private readonly home: Household;
  private readonly label: string;
  private readonly cookies = new Map<string, string>();

  constructor(home: Household, label: string) {
    this.home = home;
    this.label = label;
  }

  async open(path: string, { headers, ...asked }: Asked = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.home.ask(this.label, path, { ...asked, headers: { cookie, ...headers } });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  /** As a browser sends a form. */
  send(path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.open(path, { method: 'POST', headers, body: new URLSearchParams(form).toString() });
  }
}

function plain(url: string): Promise<string | null> {
  return new Promise((done, fail) => {
    get(url, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => done(answer.statusCode === 200 ? text : null));
    }).on('error', fail);
  });
}

/** A box with packages of `spec/packages` on it, and what tests of them ask. */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Box, makeBox } from './box.ts';
import { type ExampleImage, ExamplePacker, type PackedExample } from './package-image.ts';

const minute = 60_000;

/** Looks often until there is something; fails with what it waited for. */
export async function until<T>(what: string, limitMs: number, read: () => Promise<T | null | false>): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await read().catch(() => null);
    if (value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`Waited ${limitMs / 1000} s in vain: ${what}`);
    await sleep(100);
  }
}

export class ExampleBox {
  readonly box: Box;
  readonly #packer: ExamplePacker;

  private constructor(box: Box, image: ExampleImage | null) {
    this.box = box;
    this.#packer = new ExamplePacker(join(box.scratch, 'packages'), image);
  }

  /** A box that is set up. @param image of its packages, if not the usual one */
  static async make(image: ExampleImage | null = null): Promise<ExampleBox> {
    const made = new ExampleBox(await makeBox(), image);
    await made.box.start();
    await made.box.call('setup.execute', { name: 'Test server', password: 'correct horse battery staple' });
    return made;
  }

  close(): Promise<void> {
    return this.box.close();
  }

  pack(name: string): Promise<PackedExample> {
    return this.#packer.pack(name);
  }

  async sideload({ path }: PackedExample): Promise<void> {
    const { job } = await this.box.call('package.sideload', { upload: await this.upload(path) });
    await this.finished(job);
  }

  /** The job's row, once it has succeeded. */
  async finished(job: string): Promise<any> {
    const row = await until('the job ends', 3 * minute, async () => {
      const now = await this.box.call('job.get', { job });
      return now.finishedAt === null ? null : now;
    });
    if (row.state !== 'succeeded') throw new Error(`The job ${row.state}: ${JSON.stringify(row.error)}`);
    return row;
  }

  async read(pointer: string): Promise<any> {
    return (await this.box.call('db.dump', { pointer })).value;
  }

  row(id: string): Promise<any> {
    return this.read(`/services/${id}`);
  }

  async start(id: string): Promise<void> {
    await this.box.call('package.start', { id });
    await this.becomes(id, 'running');
  }

  async becomes(id: string, actual: string): Promise<void> {
    await until(`${id} is ${actual}`, minute, async () => (await this.row(id)).status.actual === actual);
  }

  /** Every check of it is green, and those named are among them. */
  async healthy(id: string, ...checks: string[]): Promise<Record<string, { result: string; message: string | null }>> {
    let last: unknown;
    try {
      return await until('every check is green', 1.5 * minute, async () => {
        const health = await this.read(`/serviceHealth/${id}`);
        last = health;
        const all = Object.values(health as Record<string, { result: string }>);
        return all.length > 0 &&
          checks.every((name) => name in health) &&
          all.every(({ result }) => result === 'success')
          ? health
          : null;
      });
    } catch (error) {
      throw new Error(`${String(error)}: ${JSON.stringify(last)}`);
    }
  }

  /** What an action answers; a single value in JSON is read. */
  async run(packageId: string, actionId: string, input?: object, eventId?: string): Promise<any> {
    const more = { ...(input && { input }), ...(eventId && { eventId }) };
    return this.box.call('package.action.run', { packageId, actionId, ...more });
  }

  async value(packageId: string, actionId: string, input?: object): Promise<any> {
    const { result } = await this.run(packageId, actionId, input);
    return JSON.parse(result.value);
  }

  /** A path in a volume, as the host sees it. */
  volume(service: string, path: string): string {
    return join(this.box.config.data, 'engine/volumes', service, 'data', path);
  }

  /** Lines a package has noted. */
  journal(service: string): string[] {
    const file = this.volume(service, 'main/journal');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  }

  async noted(service: string, line: string | RegExp, times = 1): Promise<void> {
    const matches = (each: string): boolean => (typeof line === 'string' ? each === line : line.test(each));
    await until(
      `${service} notes ${line}: ${this.journal(service).join(' | ')}`,
      minute,
      async () => this.journal(service).filter(matches).length >= times,
    );
  }

  /** The page, as a browser of the house asks for it: its own name, TLS, through the proxy. */
  page(name: string): Promise<string> {
    const headers = { host: `${name}:${this.box.port}` };
    return ask({ host: '127.0.0.1', port: this.box.port, servername: name, rejectUnauthorized: false, headers });
  }

  /** As a program of root sends a file, over the socket only root can open. */
  upload(path: string): Promise<string> {
    return new Promise((done, fail) => {
      const headers = { 'content-type': 'application/octet-stream', 'content-length': statSync(path).size };
      const socketPath = join(this.box.config.run, 'kernel/admin.sock');
      const exchange = request({ socketPath, path: '/upload', method: 'POST', headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => {
          if (answer.statusCode === 200) done((JSON.parse(text) as { upload: string }).upload);
          else fail(new Error(`${answer.statusCode} ${text}`));
        });
      });
      exchange.on('error', fail);
      createReadStream(path).pipe(exchange);
    });
  }
}

/** Status and body over TLS. */
export function ask(where: object): Promise<string> {
  return new Promise((done, fail) => {
    const exchange = secureRequest(where, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => done(`${answer.statusCode} ${text}`));
      answer.on('error', fail);
    });
    exchange.on('error', fail).end();
  });
}

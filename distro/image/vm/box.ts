/** The server under test over its boots: one disk, one session, one service that is looked at again and again. */
import assert from 'node:assert/strict';
import { Client, fetchFrom } from './client.ts';
import { type Machine, type MachineOptions, startMachine } from './machine.ts';

/** Emulated, and beside whatever else the machine does. */
const bootLimit = 600_000;
const jobLimit = 600_000;
/** Folder in the machine. */
const said = '/run/said';
export const password = 'correct horse battery staple';
/** Small, quick to start, and it keeps what one gives it. */
export const service = 'webdav';

interface Health {
  readonly value: Readonly<Record<string, { readonly result: string }>>;
}
export interface Row {
  readonly id: string;
  readonly manifest: { readonly version: string };
  readonly job: string | null;
  readonly status: { readonly actual: string };
}
export interface Job {
  readonly state: string;
  readonly step: string | null;
  readonly finishedAt: number | null;
  readonly error: { readonly message: string } | null;
}

export class Box {
  readonly #folder: string;
  readonly #started: Machine[] = [];
  #session: Client['session'] | null = null;
  #authorization = '';
  #url: URL | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get machine(): Machine {
    const machine = this.#started.at(-1);
    if (machine === undefined) throw new Error('Nothing was started yet');
    return machine;
  }

  get client(): Client {
    const client = new Client(this.machine.port);
    if (this.#session !== null) client.session = this.#session;
    return client;
  }

  /** Until its page is there. Answers how long that took. */
  async boot(options: Omit<MachineOptions, 'folder' | 'name'>): Promise<string> {
    const name = String(this.#started.length + 1);
    this.#started.push(await startMachine({ ...options, folder: this.#folder, name }));
    const took = await this.client.waitForPage(bootLimit);
    // What services and their containers said goes with them when an installation is taken back.
    await this.machine.shell.run(
      `mkdir -p ${said}; (while sleep 3; do cp -ru /var/lib/hearth/engine/logs /run/hearth/consoles ${said}; done > /dev/null 2>&1 &)`,
    );
    return `page after ${Math.round(took / 1000)} s`;
  }

  /** With the code that the console shows, which nobody else knows. */
  async setUp(): Promise<void> {
    const [, code = ''] = await this.machine.waitForSerial(/One-time code for the set-up:\s+([0-9A-Z-]{9})/, 60_000);
    const { client } = this;
    await assert.rejects(client.call('setup.execute', { code: 'AAAA-AAAA', name: 'Home', password }));
    const { hostname } = await client.call('setup.execute', { code, name: 'Family Server', password });
    assert.equal(hostname, 'family-server');
    this.#session = client.session;
    assert.equal((await client.call('server.status')).setUp, true);
  }

  row(id: string): Promise<Row | undefined> {
    return this.client.call<Row[]>('package.list').then((rows) => rows.find((row) => row.id === id));
  }

  job(job: string): Promise<Job> {
    return this.client.call<Job>('job.get', { job });
  }

  /** Until nothing will happen to it any more. */
  finished(job: string): Promise<Job> {
    return this.client.until(
      'the job is over',
      jobLimit,
      () => this.job(job),
      ({ finishedAt }) => finishedAt !== null,
    );
  }

  async install(id: string): Promise<void> {
    const { job } = await this.client.call<{ job: string }>('package.install', { id });
    const row = await this.finished(job);
    assert.equal(row.state, 'succeeded', JSON.stringify(row));
  }

  /** Installs from a file, or updates. */
  async sideload(archive: string): Promise<void> {
    const upload = await this.client.upload(archive);
    const { job } = await this.client.call<{ job: string }>('package.sideload', { upload });
    const row = await this.finished(job);
    assert.equal(row.state, 'succeeded', JSON.stringify(row));
  }

  /** Runs, and every check of its own says so. */
  async healthy(id = service): Promise<string> {
    const began = Date.now();
    const running = (row: Row | undefined) => row?.status.actual === 'running' && row.job === null;
    await this.client.until(`${id} runs`, jobLimit, () => this.row(id), running);
    const pointer = `/serviceHealth/${id}`;
    const well = ({ value }: Health) => Object.values(value).every(({ result }) => result === 'success');
    const health = await this.client.until(
      'it is healthy',
      180_000,
      () => this.client.call<Health>('db.dump', { pointer }),
      well,
    );
    assert.ok(Object.keys(health.value).length > 0);
    return `after ${Math.round((Date.now() - began) / 1000)} s`;
  }

  /** Takes the password from the action that shows it. */
  async learnPassword(): Promise<void> {
    const answer = await this.client.call('package.action.run', {
      ...{ packageId: service, actionId: 'get-credentials', input: null },
    });
    const values = [...JSON.stringify(answer).matchAll(/"value":"([^"]+)"/g)].map(([, value]) => value);
    assert.equal(values.length, 2, JSON.stringify(answer));
    this.#authorization = `Basic ${Buffer.from(values.join(':')).toString('base64')}`;
  }

  /** One file of the service, by its own name and our certificate. Answers what is in it; writes `text` if it is given. */
  async file(name: string, text?: string): Promise<string> {
    const url = await this.#address();
    const asked = (headers: Record<string, string>, body?: string) =>
      fetchFrom(this.machine.port, url.hostname, `/${name}`, {
        headers,
        ...(body === undefined ? {} : { method: 'PUT', body }),
      });
    assert.equal((await asked({})).status, 401);
    const answer = await asked({ authorization: this.#authorization }, text);
    assert.equal(answer.status, text === undefined ? 200 : 201);
    return text ?? answer.body;
  }

  /** Asked for once: the address is to stay, and the service to answer there also while the kernel does not. */
  async #address(): Promise<URL> {
    if (this.#url !== null) return this.#url;
    const { value } = await this.client.call<{ value: Record<string, { url: string }[]> }>('db.dump', {
      pointer: `/network/addresses/${service}`,
    });
    this.#url = new URL(value['ui']?.[0]?.url ?? '');
    assert.equal(this.#url.protocol, 'https:');
    return this.#url;
  }

  /** Ends what still runs, however. */
  async cutAll(): Promise<void> {
    for (const each of this.#started) if (each.running) await each.cut();
  }

  /** What led to a failure, for whoever reads the log. */
  async lastWords(): Promise<string> {
    if (this.#started.at(-1)?.running !== true) return '';
    return this.machine.shell.run(
      `journalctl -b -p info -n 150 -o cat --no-pager; find ${said} -type f -exec tail -n 30 {} +`,
      60_000,
    );
  }
}

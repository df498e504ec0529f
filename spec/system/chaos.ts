/**
 * Random operations on several services of a real server, with its kernel, engine and launcher killed at random moments,
 * checked against a model that knows what may have come of each.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Box, makeBox } from './box.ts';
import { type LedgerOptions, Ledgers, processOf } from './ledger.ts';
import { machineCensus } from './machine-census.ts';
import { random, type Random } from '../testbed/index.ts';

/** What an owner can see of a service. */
export interface Seen {
  /** Null: not installed. */
  readonly version: string | null;
  readonly wanted: 'running' | 'stopped' | null;
  /** What its ledger says; '' where there is none. */
  readonly book: string;
}

/** A step of the owner: asked for, and what it makes of the service if it succeeds. */
interface Operation {
  readonly words: string;
  /** Answers its job, if it is one. */
  ask(): Promise<string | null>;
  readonly after: Seen;
}

const services = ['ledger', 'diary', 'album'] as const;
const versions = ['1.0.0:0', '2.0.0:0', '3.0.0:0'] as const;
const victims = ['kernel', 'engine', 'launcher'] as const;
/** Services that are stopped are woken and parked meanwhile: their containers come and go. */
const settleMs = 15_000;
/** One needs another, which is stopped and updated beneath it. */
const needs: Readonly<Record<string, readonly string[]>> = { album: ['ledger'] };

export class Chaos {
  readonly box: Box;
  readonly #ledgers: Ledgers;
  readonly #random: Random;
  readonly #model = new Map<string, Seen>();
  /** What was done, for whoever has to find out why. */
  readonly story: string[] = [];
  readonly kills: Record<(typeof victims)[number], number> = { kernel: 0, engine: 0, launcher: 0 };

  private constructor(box: Box, seed: number) {
    this.box = box;
    this.#ledgers = new Ledgers(box);
    this.#random = random(seed);
    for (const id of services) this.#model.set(id, { version: null, wanted: null, book: '' });
  }

  static async open(seed: number): Promise<Chaos> {
    const box = await makeBox();
    const { data } = box.config;
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'config.json'), JSON.stringify({ deadlineScale: 0.2 }), { mode: 0o644 });
    await box.start();
    return new Chaos(box, seed);
  }

  /** One operation, disturbed two times in three; throws when what is there is not what may be there. */
  async step(): Promise<void> {
    const id = this.#random.pick(services);
    const before = this.#expected(id);
    const operation = this.#random.pick(this.#operations(id, before));
    const victim = this.#random.below(3) > 0 ? this.#random.pick(victims) : null;
    const delay = this.#random.below(2500);
    this.story.push(`${operation.words} ${id}${victim === null ? '' : `, ${victim} killed after ${delay} ms`}`);
    const asked = operation.ask().catch((error: unknown) => String(error));
    if (victim !== null) {
      await sleep(delay);
      await this.#kill(victim);
    }
    const answer = await asked;
    if (victim === null && answer !== null && answer.startsWith('Error')) throw new Error(answer);
    await this.#ledgers.atRest();
    const after = await this.#look(id);
    const possible = victim === null ? [operation.after] : [operation.after, before];
    if (!possible.some((each) => same(each, after)))
      throw new Error(`${this.#told()}\nfound ${JSON.stringify(after)}, expected one of ${JSON.stringify(possible)}`);
    this.#model.set(id, after);
    await this.check();
  }

  /** Every service is as the model says, and there is nothing on the machine of those that are gone. */
  async check(): Promise<void> {
    const end = Date.now() + settleMs;
    for (;;) {
      const wrong = await this.#wrong();
      if (wrong.length === 0) return;
      if (Date.now() > end) throw new Error(`${this.#told()}\n${wrong.join('\n')}`);
      await sleep(300);
    }
  }

  async #wrong(): Promise<string[]> {
    const wrong: string[] = [];
    let up = 0;
    for (const id of services) {
      const expected = this.#expected(id);
      const found = await this.#look(id);
      if (!same(found, expected))
        wrong.push(`${id} is ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
      const { row, paths, mounts } = await machineCensus(this.box, this.#ledgers, id);
      const kept = paths.filter((path) => !path.includes('/engine/volumes/'));
      if (row === null && kept.length + mounts.length > 0) wrong.push(`${id} left ${[...kept, ...mounts].join(', ')}`);
      if (paths.some((path) => path.includes('/snapshots/'))) wrong.push(`${id} left a snapshot`);
      if (paths.filter((path) => /\/engine\/images\/[^/]+\/[^/]+$/.test(path)).length > 1)
        wrong.push(`${id} has two revisions`);
      if (this.#guests(id) > 1) wrong.push(`${id} runs twice`);
      if (expected.wanted === 'running' && this.#guests(id) !== 1) wrong.push(`${id} does not run`);
      up += this.#guests(id);
    }
    const { links, staging } = await machineCensus(this.box, this.#ledgers);
    if (links.length > up) wrong.push(`interfaces without a container: ${links.join(', ')}`);
    if (staging.length > 0) wrong.push(`staging holds ${staging.join(', ')}`);
    return wrong;
  }

  /** Takes every service away; nothing is left then. */
  async end(): Promise<void> {
    for (const id of services) {
      const { version, book } = this.#expected(id);
      if (version === null && book === '') continue;
      const { job } = await this.box.call('package.uninstall', { id, force: true });
      await this.#ledgers.finished(job);
      this.#model.set(id, { version: null, wanted: null, book: '' });
    }
    await this.check();
  }

  #operations(id: string, { version, wanted, book }: Seen): readonly Operation[] {
    const gone: Seen = { version: null, wanted: null, book: '' };
    const call =
      (method: string, more: object = {}) =>
      async () =>
        (await this.box.call(method, { id, ...more })).job ?? null;
    if (version === null) {
      const first = this.#random.pick(versions);
      const opened: Seen = { version: first, wanted: 'stopped', book: `opened by ${first}\n` };
      const install: Operation = { words: `install ${first}`, ask: () => this.#sideload(id, first), after: opened };
      const spoilt = { onInstall: `throw new Error('no room on the shelf');` };
      const failing = {
        words: 'install what fails',
        ask: () => this.#sideload(id, first, spoilt),
        after: { version, wanted, book },
      };
      const forget = { words: 'remove the data of', ask: call('package.uninstall'), after: gone };
      return book === '' ? [install, install, failing] : [install, failing, forget];
    }
    const other = this.#random.pick(versions.filter((each) => each !== version));
    const present: Seen = { version, wanted, book };
    const taken: Seen = { version: other, wanted, book: `${book}taken over by ${other}\n` };
    const tear = `await fs.writeFile(root + '/book', 'torn'); throw new Error('a torn page');`;
    const always: Operation[] = [
      { words: `update to ${other}`, ask: () => this.#sideload(id, other), after: taken },
      {
        words: `update to a ${other} that fails`,
        ask: () => this.#sideload(id, other, { onUpdate: tear }),
        after: present,
      },
      { words: 'rebuild', ask: call('package.rebuild'), after: present },
      { words: 'remove', ask: call('package.uninstall', { force: true }), after: gone },
      {
        words: 'remove, keeping the data of',
        ask: call('package.uninstall', { soft: true }),
        after: { ...gone, book },
      },
    ];
    const up: Operation[] = [
      { words: 'restart', ask: call('package.restart'), after: present },
      { words: 'stop', ask: call('package.stop'), after: { version, wanted: 'stopped', book } },
      {
        words: 'stop by force',
        ask: call('package.stop', { force: true }),
        after: { version, wanted: 'stopped', book },
      },
    ];
    const start = {
      words: 'start',
      ask: call('package.start', { withDependencies: false }),
      after: { ...present, wanted: 'running' as const },
    };
    return wanted === 'running' ? [...always, ...up] : [...always, start, start];
  }

  async #sideload(id: string, version: string, more: Partial<LedgerOptions> = {}): Promise<string> {
    const onUpdate = `await fs.appendFile(root + '/book', 'taken over by ${version}\\n');`;
    return this.#ledgers.sideload({ id, version, onUpdate, needs: needs[id] ?? [], ...more });
  }

  async #look(id: string): Promise<Seen> {
    const row = (await this.#ledgers.rows())?.find((each) => each.id === id);
    const path = join(this.box.config.data, 'engine/volumes', id, 'data/main/book');
    const book = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return { version: row?.manifest.version ?? null, wanted: row?.status.desired ?? null, book };
  }

  async #kill(victim: (typeof victims)[number]): Promise<void> {
    this.kills[victim] += 1;
    if (victim === 'launcher') {
      await this.box.end('SIGKILL');
      await this.box.start();
      return;
    }
    process.kill(processOf(this.box, victim), 'SIGKILL');
    // The launcher waits twice as long each time: every so often it is begun anew.
    if ((this.kills.kernel + this.kills.engine) % 4 !== 0) return;
    await this.box.end('SIGTERM');
    await this.box.start();
  }

  /** Containers of a service that run. */
  #guests(id: string): number {
    return this.box.pids('/opt/hearth/guest/guest.mjs', id).filter((pid) => !isChild(pid)).length;
  }

  #expected(id: string): Seen {
    const found = this.#model.get(id);
    if (found === undefined) throw new Error(id);
    return found;
  }

  #told(): string {
    return this.story.map((line, place) => `${place + 1}. ${line}`).join('\n');
  }
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The guest itself runs beneath the init that has its name in the arguments. */
function isChild(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('tini');
  } catch {
    return true;
  }
}

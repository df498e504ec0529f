/**
 * Every journalled job on a real server with real containers, struck at a chosen durable write of the kernel: it is
 * killed there, or its disk is full from there on. Each ends in the old state or the new one.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DiskOptions, fillDisk } from '../testbed/index.ts';
import { type Box, makeBox } from './box.ts';
import { type LedgerOptions, Ledgers, processOf } from './ledger.ts';
import { type MachineCensus, machineCensus } from './machine-census.ts';
import { strikeAt } from './strike.ts';

const settleMs = 15_000;
const taken = (version: string) => `await fs.appendFile(root + '/book', 'taken over by ${version}\\n');`;
const one: LedgerOptions = { version: '1.0.0:0', onUpdate: taken('1.0.0:0') };
const two: LedgerOptions = { version: '2.0.0:0', onUpdate: taken('2.0.0:0'), manifest: { volumes: ['main', 'more'] } };
const stubborn: LedgerOptions = { version: '1.0.0:1', onExit: `if (target === null) throw new Error('still needed');` };

export const jobs = [
  'install',
  'update',
  'uninstall',
  'rebuild',
  'downgrade',
  'uninstall, data kept',
  'uninstall by force',
  'install over kept data',
  'restore',
] as const;
export type JobName = (typeof jobs)[number];
export type Fault = 'kill' | 'full';

export interface Outcome {
  readonly ended: 'old' | 'new';
  /** What is wrong with it; empty when nothing is. */
  readonly wrong: string;
  /** Durable writes while it was under way. */
  readonly writes: number;
}

interface Seen {
  readonly census: MachineCensus;
  readonly data: string;
  readonly book: string;
}

export class Transactions {
  readonly box: Box;
  readonly ledgers: Ledgers;
  /** What each job leaves when nothing happens, and how many durable writes that takes. */
  readonly #references = new Map<JobName, { states: readonly MachineCensus[]; writes: number }>();
  #target: string | null = null;
  #kills = 0;

  private constructor(box: Box) {
    this.box = box;
    this.ledgers = new Ledgers(box);
  }

  static async open(disk?: DiskOptions): Promise<Transactions> {
    const box = await makeBox([], disk ?? null);
    const { data } = box.config;
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'config.json'), JSON.stringify({ deadlineScale: 0.2 }), { mode: 0o644 });
    await box.start();
    return new Transactions(box);
  }

  /** Without a fault: what it leaves is what it leaves. */
  async reference(name: JobName): Promise<number> {
    const known = this.#references.get(name);
    if (known !== undefined) return known.writes;
    await this.#prepare(name);
    const strike = await strikeAt(processOf(this.box, 'kernel'), Number.POSITIVE_INFINITY, () => undefined);
    const row = await this.ledgers.finished(await this.#begin(name));
    if (row.state !== 'succeeded') throw new Error(`${name}: ${JSON.stringify(row.error)}`);
    await this.ledgers.atRest();
    const writes = strike.count();
    await strike.end();
    this.#references.set(name, { states: await this.#states(), writes });
    return writes;
  }

  async strike(name: JobName, place: number, fault: Fault): Promise<Outcome> {
    const reference = this.#references.get(name)?.states ?? [];
    await this.#prepare(name);
    const before = await this.#look();
    const kernel = processOf(this.box, 'kernel');
    let makeRoom = (): void => undefined;
    const strike = await strikeAt(kernel, place, () => {
      if (fault === 'kill') process.kill(kernel, 'SIGKILL');
      else makeRoom = fillDisk(this.box.config.data);
    });
    const begun = this.#begin(name).catch(() => null);
    const over = begun.then((job) => (job === null ? null : this.ledgers.finished(job)));
    // The job may end before that many writes.
    await Promise.race([strike.struck, over]);
    await strike.end();
    if (fault === 'full') await Promise.race([over, sleep(3000)]);
    makeRoom();
    if (fault === 'kill') await this.#afterKill();
    await over;
    await this.ledgers.atRest();
    return { ...(await this.#settled(before, reference)), writes: strike.count() };
  }

  /** The container of a service that is stopped may be on its way out just then. */
  async #settled(before: Seen, reference: readonly MachineCensus[]): Promise<Pick<Outcome, 'ended' | 'wrong'>> {
    const end = Date.now() + settleMs;
    for (;;) {
      const judged = this.#judge(before, await this.#look(), reference);
      if (judged.wrong === '' || Date.now() > end) return judged;
      await sleep(200);
    }
  }

  async close(): Promise<void> {
    await this.box.close();
  }

  /** Old: nothing has changed, to the byte. New: as a job without a fault leaves it, and nothing of the book is lost. */
  #judge(before: Seen, after: Seen, reference: readonly MachineCensus[]): Pick<Outcome, 'ended' | 'wrong'> {
    const old = same(before.census, after.census);
    if (old && before.data === after.data) return { ended: 'old', wrong: '' };
    const known = reference.some((state) => same(state, after.census));
    const kept = after.census.row === null || after.book.startsWith(before.book);
    if (known && kept) return { ended: 'new', wrong: '' };
    const seen = { before, after, reference };
    return { ended: old ? 'old' : 'new', wrong: JSON.stringify(seen, null, 1) };
  }

  /** As it is now; and of a service that is stopped, once more when its container has gone, which may be at once. */
  async #states(): Promise<readonly MachineCensus[]> {
    const now = await machineCensus(this.box, this.ledgers);
    if (now.row?.actual !== 'stopped' || now.links.length === 0) return [now];
    for (let before = now; ; ) {
      await sleep(500);
      const later = await machineCensus(this.box, this.ledgers);
      if (later.links.length === 0 && same(before, later)) return [now, later];
      before = later;
    }
  }

  async #look(): Promise<Seen> {
    const path = join(this.box.config.data, 'engine/volumes/ledger/data/main/book');
    return {
      census: await machineCensus(this.box, this.ledgers),
      data: this.ledgers.fingerprint(),
      book: existsSync(path) ? readFileSync(path, 'utf8') : '',
    };
  }

  async #prepare(name: JobName): Promise<void> {
    if (name === 'install') return this.#absent(false);
    if (name === 'downgrade') return this.#present(two);
    if (name === 'uninstall by force') return this.#present(stubborn);
    if (name === 'restore') await this.#backedUp();
    if (name === 'restore') return this.#absent(false);
    await this.#present(one);
    if (name === 'install over kept data') await this.#absent(true);
  }

  async #begin(name: JobName): Promise<string> {
    const { box, ledgers } = this;
    const remove = async (options: object) => (await box.call('package.uninstall', { id: 'ledger', ...options })).job;
    switch (name) {
      case 'install':
      case 'install over kept data':
      case 'downgrade':
        return ledgers.sideload(one);
      case 'update':
        return ledgers.sideload(two);
      case 'uninstall':
        return remove({});
      case 'uninstall, data kept':
        return remove({ soft: true });
      case 'uninstall by force':
        return remove({ force: true });
      case 'rebuild':
        return (await box.call('package.rebuild', { id: 'ledger' })).job;
      case 'restore': {
        const answer = await box.call('package.backup.restore', { target: this.#target, ids: ['ledger'] });
        return answer.jobs[0].job;
      }
    }
  }

  async #present(options: LedgerOptions): Promise<void> {
    const row = (await this.ledgers.rows())?.find(({ id }) => id === 'ledger');
    if (row?.manifest.version === options.version && row.status.actual === 'running') return;
    await this.#absent(false);
    await this.ledgers.put(options);
    await this.ledgers.atRest();
  }

  async #absent(keepData: boolean): Promise<void> {
    const there = (await this.ledgers.rows())?.some(({ id }) => id === 'ledger') === true;
    if (!there && (keepData || this.ledgers.fingerprint() === '')) return;
    const { job } = await this.box.call('package.uninstall', { id: 'ledger', soft: keepData, force: true });
    const row = await this.ledgers.finished(job);
    if (row.state !== 'succeeded') throw new Error(JSON.stringify(row.error));
  }

  async #backedUp(): Promise<void> {
    if (this.#target !== null) return;
    await this.#present(one);
    const path = join(this.box.scratch, 'drive');
    mkdirSync(path, { recursive: true });
    const { id } = await this.box.call('backup.target.add', { name: 'Drive', path, password: 'secret words' });
    const { job } = await this.box.call('backup.create', { target: id });
    const row = await this.ledgers.finished(job);
    if (row.state !== 'succeeded') throw new Error(JSON.stringify(row.error));
    this.#target = id;
  }

  /** The launcher waits twice as long each time its kernel dies: every so often it is begun anew. */
  async #afterKill(): Promise<void> {
    this.#kills += 1;
    if (this.#kills % 4 !== 0) return;
    await this.box.end('SIGTERM');
    await this.box.start();
  }
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

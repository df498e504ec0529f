/** Updates on a real server with something wrong in each: it ends with a service that runs, and nothing of its data is lost. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fillDisk, random, type Random } from '../testbed/index.ts';
import { type Box, makeBox } from './box.ts';
import { type LedgerOptions, Ledgers, processOf } from './ledger.ts';
import { type MachineCensus, machineCensus } from './machine-census.ts';

const old = '1.0.0:0';
const spoil = `
  await effects.setDataVersion({ version: 'spoilt' });
  await fs.writeFile(root + '/book', 'spoilt');
  await fs.writeFile(root + '/left behind', 'x'.repeat(100_000));
`;
const tell = (id: string, result: string) =>
  `await effects.setHealth({ id: '${id}', name: '${id}', result: '${result}', message: null });`;

/** Needs the other, and looks at which version that is. */
const diary: LedgerOptions = {
  id: 'diary',
  version: '1.0.0:0',
  needs: ['ledger'],
  health: `
    const look = async () => {
      const other = await effects.getServiceManifest({ packageId: 'ledger' }).catch(() => null);
      const result = other !== null && other.version.startsWith('2.9') ? 'failure' : 'success';
      await effects.setHealth({ id: 'link', name: 'Link', result, message: null });
    };
    await look();
    setInterval(() => look().catch(() => undefined), 500);
  `,
};

/** By name: how the new version is made, and what happens while it comes. */
const faults: Readonly<
  Record<string, { made?: Partial<LedgerOptions>; meanwhile?: (returns: Returns) => Promise<void> }>
> = {
  'an archive with a flipped bit': {},
  'a migration that fails': { made: { onUpdate: `${spoil} throw new Error('a torn page');` } },
  'a migration that ends its own container': {
    made: { onUpdate: `${spoil} await effects.restart(); process.exit(3);` },
  },
  'a start that fails': { made: { onUpdate: spoil, onMain: `throw new Error('no such setting');` } },
  'bad health': { made: { onUpdate: spoil, health: tell('book', 'failure') } },
  'bad health of what needs it': { made: { onUpdate: spoil } },
  'a start that never ends': { made: { onUpdate: spoil, health: tell('book', 'starting') } },
  'a killed kernel': { meanwhile: (returns) => returns.kill('kernel') },
  'a killed engine': { meanwhile: (returns) => returns.kill('engine') },
  'a killed launcher': { meanwhile: (returns) => returns.kill('launcher') },
  'a full disk': { meanwhile: (returns) => returns.fill() },
  'a change of mind': { meanwhile: (returns) => returns.cancel() },
};
export const faultNames = Object.keys(faults);

export class Returns {
  readonly box: Box;
  readonly ledgers: Ledgers;
  #random: Random = random(0);
  #kills = 0;
  #count = 0;
  #job: string | null = null;
  #makeRoom = (): void => undefined;

  private constructor(box: Box) {
    this.box = box;
    this.ledgers = new Ledgers(box);
  }

  static async open(): Promise<Returns> {
    const box = await makeBox([], { kind: 'ext4', bytes: 4 * 1024 ** 3 });
    const { data } = box.config;
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'config.json'), JSON.stringify({ deadlineScale: 0.1 }), { mode: 0o644 });
    await box.start();
    return new Returns(box);
  }

  async close(): Promise<void> {
    await this.box.close();
  }

  /** Answers what is wrong with how it ended; '' when nothing is. */
  async update(name: string, seed: number): Promise<{ wrong: string; updated: boolean }> {
    const fault = faults[name];
    if (fault === undefined) throw new Error(name);
    this.#random = random(seed);
    await this.#oldRuns();
    const before = await this.#look();
    this.#count += 1;
    // The one that needs it bears no version from 2.9 on.
    const version = `2.${name.endsWith('of what needs it') ? 9 : 0}.0:${this.#count}`;
    const good = `await fs.appendFile(root + '/book', 'taken over by ${version}\\n');`;
    const options: LedgerOptions = { version, onUpdate: good, ...fault.made };
    if (name.includes('flipped')) await this.#flip(options);
    this.#job = null;
    const begun = this.ledgers.sideload(options).then(
      (job) => (this.#job = job),
      () => null,
    );
    if (fault.meanwhile !== undefined) {
      await begun;
      await fault.meanwhile(this);
    }
    const job = await begun;
    if (job !== null) await this.ledgers.finished(job);
    this.#makeRoom();
    await this.ledgers.atRest();
    const after = await this.#look();
    const row = (await this.ledgers.rows())?.find(({ id }) => id === 'ledger');
    const updated = row?.manifest.version === version;
    if (row?.status.actual !== 'running') return { updated, wrong: `it is ${JSON.stringify(row?.status)}` };
    // What comes in between may come too late; what is wrong with the version itself never does.
    const well = updated
      ? fault.meanwhile !== undefined && after.book.startsWith(before.book)
      : JSON.stringify(before) === JSON.stringify(after);
    return { updated, wrong: well && this.#oneRevision() ? '' : JSON.stringify({ before, after }, null, 1) };
  }

  async kill(victim: 'kernel' | 'engine' | 'launcher'): Promise<void> {
    await sleep(this.#random.below(3000));
    this.#kills += 1;
    if (victim !== 'launcher') process.kill(processOf(this.box, victim), 'SIGKILL');
    // The launcher waits twice as long each time: every so often it is begun anew.
    if (victim !== 'launcher' && this.#kills % 4 !== 0) return;
    await this.box.end('SIGKILL');
    await this.box.start();
  }

  async fill(): Promise<void> {
    await sleep(this.#random.below(2000));
    this.#makeRoom = fillDisk(this.box.config.data);
    if (this.#job !== null) await Promise.race([this.ledgers.finished(this.#job), sleep(4000)]);
    this.#makeRoom();
  }

  async cancel(): Promise<void> {
    await sleep(this.#random.below(2500));
    // It may be over, or beyond the point.
    await this.box.call('job.cancel', { job: this.#job }).catch(() => undefined);
  }

  async #oldRuns(): Promise<void> {
    const rows = await this.ledgers.rows();
    const row = rows?.find(({ id }) => id === 'ledger');
    if (row?.manifest.version === old && row.status.actual === 'running') return;
    if (row !== undefined) {
      const { job } = await this.box.call('package.uninstall', { id: 'ledger', force: true });
      await this.ledgers.finished(job);
    }
    await this.ledgers.put({ version: old });
    if (rows?.some(({ id }) => id === 'diary') !== true) await this.ledgers.put(diary);
    await this.ledgers.atRest();
  }

  /** The archive that is packed next is not what was signed. */
  async #flip(options: LedgerOptions): Promise<void> {
    const path = await this.ledgers.pack(options);
    const bytes = readFileSync(path);
    const place = this.#random.below(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << this.#random.below(8));
    writeFileSync(`${path}.spoilt`, bytes);
    copyFileSync(`${path}.spoilt`, path);
  }

  async #look(): Promise<{ census: MachineCensus; data: string; book: string }> {
    const census = await machineCensus(this.box, this.ledgers);
    const book = readFileSync(join(this.box.config.data, 'engine/volumes/ledger/data/main/book'), 'utf8');
    return { census, data: this.ledgers.fingerprint(), book };
  }

  #oneRevision(): boolean {
    return readdirSync(join(this.box.config.data, 'engine/images/ledger')).length === 1;
  }
}

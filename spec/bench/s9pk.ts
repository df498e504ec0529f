/**
 * S9PK against the usual tools, on the same bytes in the same run: `node spec/bench/s9pk.ts [--rounds 5] [--mebibytes 1024]`.
 * Prints medians and ratios; figures and conditions stand in s9pk.md. Needs b3sum, and three times the bytes on disk.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileContent, keyFromSeed, openFile, packArchive, verifyFile } from '@hearth/s9pk/node';
import type { Content } from '@hearth/s9pk/node';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    mebibytes: { type: 'string', default: '1024' },
    child: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const mebibytes = Number(values.mebibytes);
const key = keyFromSeed(new Uint8Array(32).fill(1));

if (values.child !== undefined) {
  const [verb = '', folder = ''] = values.child.split(':');
  await child(verb, folder);
} else {
  parent();
}

/** One measurement in a process of its own, so that its memory is its own. */
async function child(verb: string, folder: string): Promise<void> {
  let started = performance.now();
  if (verb === 'pack') {
    const tree = new Map<string, Content>();
    for (let at = 0; at < 4; at++)
      tree.set(`images/x86_64/${at}.squashfs`, await fileContent(join(folder, String(at))));
    await packArchive(tree, join(folder, 'packed.s9pk'), { key, sync: true });
  } else {
    const archive = await openFile(join(folder, verb.startsWith('one') ? 'one.s9pk' : 'four.s9pk'));
    // Opening costs the same for any size: directories, one signature, some 35 ms in a fresh process.
    started = performance.now();
    if (verb.endsWith('2')) await verifyFile(archive, { workers: 2 });
    else await archive.verifyAll();
    await archive.close();
  }
  const { maxRSS } = process.resourceUsage();
  process.stdout.write(JSON.stringify({ ms: performance.now() - started, rss: maxRSS / 1024 }));
}

function measure(verb: string, folder: string): { ms: number; rss: number } {
  const done = spawnSync(process.execPath, [import.meta.filename, '--child', `${verb}:${folder}`], {
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

function timed(program: string, ...args: string[]): number {
  const started = performance.now();
  execFileSync(program, args, { stdio: 'ignore' });
  return performance.now() - started;
}

function parent(): void {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-s9pk-'));
  try {
    prepare(folder);
    const four = [0, 1, 2, 3].map((at) => join(folder, String(at)));
    const times = new Map<string, number[]>();
    let rss = 0;
    const note = (name: string, ms: number) => times.set(name, [...(times.get(name) ?? []), ms]);
    const own = (name: string, verb: string) => {
      const result = measure(verb, folder);
      note(name, result.ms);
      rss = Math.max(rss, result.rss);
    };
    for (let round = 0; round < rounds; round++) {
      note('b3sum --num-threads 1', timed('b3sum', '--num-threads', '1', join(folder, 'one.s9pk')));
      own('verify, one file', 'one');
      note('b3sum --num-threads 1, four files', timed('b3sum', '--num-threads', '1', ...four));
      own('verify, four files', 'four');
      own('verify, four files, two workers', 'four2');
      rmSync(join(folder, 'packed.s9pk'), { force: true });
      rmSync(join(folder, 'copy'), { recursive: true, force: true });
      mkdirSync(join(folder, 'copy'));
      const started = performance.now();
      // The same policy: the copy is made to last as the archive is.
      execFileSync('cp', [...four, join(folder, 'copy')]);
      for (let at = 0; at < 4; at++) flush(join(folder, 'copy', String(at)));
      execFileSync('b3sum', ['--num-threads', '1', ...four], { stdio: 'ignore' });
      note('cp + fsync + b3sum', performance.now() - started);
      own('pack (with fsync)', 'pack');
    }
    const median = (name: string) =>
      (times.get(name) ?? []).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
    for (const name of times.keys()) {
      console.log(
        `${name.padEnd(36)} ${median(name).toFixed(0).padStart(6)} ms  ${((mebibytes / median(name)) * 1000).toFixed(0)} MiB/s`,
      );
    }
    const ratio = (what: string, value: number, wanted: string) =>
      console.log(`${what.padEnd(52)} ${value.toFixed(2)} (${wanted})`);
    ratio('verify to b3sum', median('b3sum --num-threads 1') / median('verify, one file'), '>= 1.0');
    const base = median('b3sum --num-threads 1, four files');
    ratio('verify with two workers to b3sum', base / median('verify, four files, two workers'), '>= 1.4');
    ratio('time of pack to cp + b3sum', median('pack (with fsync)') / median('cp + fsync + b3sum'), '<= 1.25');
    ratio('largest resident set, MiB', rss, '<= 150');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function flush(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}

function prepare(folder: string): void {
  const piece = Buffer.alloc(1 << 20);
  for (let at = 0; at < piece.length; at += 4) piece.writeUInt32LE(Math.imul(at + 1, 2_654_435_761) >>> 0, at);
  for (let part = 0; part < 4; part++) {
    const file = openSync(join(folder, String(part)), 'w');
    for (let at = 0; at < mebibytes / 4; at++) {
      piece.writeUInt32LE(at + part * 100_000, 0);
      writeSync(file, piece);
    }
    fsyncSync(file);
    closeSync(file);
  }
  const make = `
    import { fileContent, keyFromSeed, packArchive } from '@hearth/s9pk/node';
    const [folder] = process.argv.slice(1);
    const key = keyFromSeed(new Uint8Array(32).fill(1));
    const four = new Map();
    const pieces = [];
    for (let at = 0; at < 4; at++) { const c = await fileContent(folder + '/' + at); four.set('f' + at, c); pieces.push(c); }
    await packArchive(four, folder + '/four.s9pk', { key });
    const size = pieces.reduce((sum, c) => sum + c.size, 0);
    const one = { size, async *stream() { for (const c of pieces) yield* c.stream(); } };
    await packArchive(new Map([['f', one]]), folder + '/one.s9pk', { key });`;
  execFileSync(process.execPath, ['--input-type=module', '-e', make, folder], { cwd: import.meta.dirname });
  console.log(
    `${(statSync(join(folder, 'one.s9pk')).size / 2 ** 20).toFixed(0)} MiB, ${rounds} interleaved rounds, medians`,
  );
}

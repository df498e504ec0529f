/**
 * What a package made with the SDK costs, against one made with StartOS's: `node spec/bench/sdk.ts [--rounds 9]`.
 * Bundle sizes; parsing and evaluation in the guest's own QuickJS, in a world made anew each time. Figures and conditions: sdk.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleScript } from '@hearth/sdk/pack';
import { openBundle, walkThrough } from '@hearth/sdk/testing';
import { buildGuest } from '../../kernel/guest/src/build/build.ts';
import { Script } from '../../kernel/guest/src/sandbox/script.ts';
import type { SandboxData } from '../../kernel/guest/src/sandbox/messages.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const rounds = Number(values.rounds);
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-sdk-'));

await buildGuest(folder);
const prelude = readFileSync(join(folder, 'prelude.js'), 'utf8');
const parts = { wasm: new WebAssembly.Module(readFileSync(join(folder, 'quickjs.wasm'))), prelude: () => prelude };

try {
  for (const path of ['sdk/template', 'distro/catalog/syncthing', 'distro/catalog/postgresql']) {
    const { code } = await bundleScript(join(root, path, 'package.ts'));
    await tell(path, code);
    const opened = openBundle(code);
    const began = performance.now();
    const steps = await walkThrough(opened);
    console.log(
      `  its life with effects that are made up: ${steps.length} steps in ${(performance.now() - began).toFixed(0)} ms`,
    );
  }
  execFileSync(process.execPath, [join(root, 'spec/packages/build.mjs'), 'hello-world', folder], { stdio: 'ignore' });
  await tell('hello-world by the SDK of StartOS', readFileSync(join(folder, 'index.js'), 'utf8'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function tell(name: string, code: string): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await evaluate(code));
  times.sort((a, b) => a - b);
  const [first = 0, last = 0, middle = 0] = [times[0], times.at(-1), times[Math.floor(rounds / 2)]];
  const size = `${(Buffer.byteLength(code) / 1000).toFixed(1)} kB`;
  console.log(
    `${name}: ${size}, evaluated in ${first.toFixed(1)} to ${last.toFixed(1)} ms, median ${middle.toFixed(1)}`,
  );
}

/** Processor time of the bundle alone, in milliseconds: engine and prelude are there before, as they are for every package. */
async function evaluate(code: string): Promise<number> {
  const entered = new Float64Array(new SharedArrayBuffer(8));
  const limits = { memory: 256 << 20, loadMs: 600_000, turnMs: 600_000 };
  const layout = {} as SandboxData['layout'];
  const data: SandboxData = {
    layout,
    limits,
    folder,
    entered,
    language: '',
    hostname: 'bench',
    image: null,
    mayGiveWay: false,
  };
  const host = {
    call: () => [],
    begin: () => undefined,
    command: () => undefined,
    close: () => undefined,
    broken: (reason: string) => {
      throw new Error(reason);
    },
  };
  const script = await Script.make(data, parts, host, host.broken);
  const before = process.threadCpuUsage();
  const wrong = script.load(code);
  const { user, system } = process.threadCpuUsage(before);
  if (wrong !== null) throw new Error(JSON.stringify(wrong));
  return (user + system) / 1000;
}

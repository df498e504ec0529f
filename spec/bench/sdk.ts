/**
 * What a package made with the SDK costs, against one made with StartOS's: `node spec/bench/sdk.ts [--rounds 15]`.
 * Bundle sizes; evaluation in the guest's own QuickJS, in a world made anew each time. Figures and conditions: sdk.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleScript } from '@hearth/sdk/pack';
import { buildGuest } from '../../kernel/guest/src/build/build.ts';
import { Script } from '../../kernel/guest/src/sandbox/script.ts';
import type { SandboxData } from '../../kernel/guest/src/sandbox/messages.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const rounds = Number(values.rounds);
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-sdk-'));

try {
  await buildGuest(folder);
  const prelude = readFileSync(join(folder, 'prelude.js'), 'utf8');
  const wasm = new WebAssembly.Module(readFileSync(join(folder, 'quickjs.wasm')));
  const bundles: [name: string, code: string][] = [];
  for (const path of ['sdk/template', 'distro/catalog/syncthing', 'distro/catalog/postgresql'])
    bundles.push([path, (await bundleScript(join(root, path, 'package.ts'))).code]);
  execFileSync(process.execPath, [join(root, 'spec/packages/build.mjs'), 'hello-world', folder], { stdio: 'ignore' });
  bundles.push(['hello-world by the SDK of StartOS', readFileSync(join(folder, 'index.js'), 'utf8')]);
  for (const [name, code] of bundles) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await evaluate(prelude, wasm, code));
    times.sort((a, b) => a - b);
    const [first = 0, last = 0, middle = 0] = [times[0], times.at(-1), times[Math.floor(rounds / 2)]];
    const figures = `${first.toFixed(1)} to ${last.toFixed(1)} ms, median ${middle.toFixed(1)}`;
    console.log(`${name}: ${(Buffer.byteLength(code) / 1000).toFixed(1)} kB, evaluated in ${figures}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Milliseconds for the bundle alone: engine and prelude are there before, as they are for every package. */
async function evaluate(prelude: string, wasm: WebAssembly.Module, code: string): Promise<number> {
  const entered = new Float64Array(new SharedArrayBuffer(8));
  const limits = { memory: 256 << 20, loadMs: 60_000, turnMs: 60_000 };
  const layout = {} as SandboxData['layout'];
  const data: SandboxData = { layout, limits, prelude, wasm, entered, language: '', hostname: 'bench', image: null };
  const host = {
    call: () => [],
    begin: () => undefined,
    command: () => undefined,
    close: () => undefined,
    broken: (reason: string) => {
      throw new Error(reason);
    },
  };
  const script = await Script.make(data, host, host.broken);
  const started = performance.now();
  const wrong = script.load(code);
  if (wrong !== null) throw new Error(JSON.stringify(wrong));
  return performance.now() - started;
}

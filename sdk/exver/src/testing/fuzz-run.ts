/** The fuzzer of texts on its own: `node sdk/exver/src/testing/fuzz-run.ts [SECONDS]`; `npm run fuzz` runs it first. */
import { fuzzTexts } from './fuzz.ts';

const seconds = Number(process.argv[2] ?? 60);
const started = performance.now();
let seed = 1;
for (; performance.now() - started < seconds * 1000; seed++) fuzzTexts(seed, 1000);
process.stdout.write(`${String((seed - 1) * 1000)} version and range texts, no fault\n`);

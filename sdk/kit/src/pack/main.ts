/** For work on the kit itself: `node sdk/kit/src/pack/main.ts RECIPE OUT.s9pk KEY.pem [CACHE]`. People use `hearth package pack`. */
import { packCommand } from './command.ts';

const [recipe, out, key, cache] = process.argv.slice(2);
if (recipe === undefined || out === undefined || key === undefined) {
  process.stderr.write('usage: main.ts RECIPE OUT.s9pk KEY.pem [CACHE]\n');
  process.exitCode = 2;
} else {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.exitCode = await packCommand({ recipe, out, key, cache, signal: stopping.signal }, (event) => {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  });
}

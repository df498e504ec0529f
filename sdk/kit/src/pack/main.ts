/** For work on the kit itself: `node sdk/kit/src/pack/main.ts RECIPE OUT.s9pk KEY.pem [CACHE]`. People use `hearth package pack`. */
import { HearthError } from '@hearth/contract/errors';
import { readOrMakeKey } from './key.ts';
import { packPackage } from './pack.ts';

const [recipe, output, keyFile, cache] = process.argv.slice(2);
const say = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`);
if (recipe === undefined || output === undefined || keyFile === undefined) {
  process.stderr.write('usage: main.ts RECIPE OUT.s9pk KEY.pem [CACHE]\n');
  process.exitCode = 2;
} else {
  try {
    const key = await readOrMakeKey(keyFile);
    say({ type: 'packed', ...(await packPackage({ recipe, output, key, cache, onEvent: say })) });
  } catch (error) {
    say({ type: 'failed', error: HearthError.from(error).toWire() });
    if (!HearthError.is(error)) process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  }
}

/** `node main.ts <engine.json>`: the root process. */
import { fstatSync } from 'node:fs';
import { readConfig } from './config.ts';
import { startEngine } from './engine.ts';

/** Undoing what is half done takes seconds; an image import is dropped at once. */
const patienceMs = 20_000;

// The launcher may be gone while we still undo things.
process.stderr.on('error', () => undefined);
const log = (line: string) => process.stderr.write(`${line}\n`);

try {
  const [, , path] = process.argv;
  if (path === undefined) throw new Error('Usage: node main.ts <engine.json>');
  const engine = await startEngine(readConfig(path), log);
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), patienceMs).unref();
    engine.stop().then(
      () => process.exit(0),
      (cause: unknown) => {
        log(String(cause));
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  // Whoever started us is gone: a closed channel or pipe says so. A terminal or /dev/null says nothing.
  process.once('disconnect', end);
  const input = fstatSync(0);
  if (input.isFIFO() || input.isSocket()) process.stdin.once('end', end).once('error', end).resume();
  process.send?.({ ready: true });
  log('engine ready');
} catch (cause) {
  log(cause instanceof Error ? cause.message : String(cause));
  process.exit(1);
}

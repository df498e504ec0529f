/* eslint-disable no-console -- the script's own console, which is its log */
/** The script's world, built once the door is open. */
import { reseed } from './random.ts';
import { installGlobals } from './globals.ts';
import { deliver } from './host.ts';
import { requireModule } from './modules.ts';
import { restart } from './process.ts';
import { fire, keepBundle, request } from './runtime.ts';
import { onTaskError } from './timers.ts';

type Program = ((
  exports: unknown,
  require: typeof requireModule,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void) & { prototype: unknown };

installGlobals();
onTaskError((error) => console.error('A timer failed:', error));

/** Runs the bundle as a CommonJS module. */
function load(program: Program): void {
  // Whatever this world drew so far: from here on the host hears of it.
  reseed();
  const module = { exports: {} as unknown };
  // It and its prototype would keep each other alive, with two copies of the bundle's text.
  program.prototype = undefined;
  try {
    program.call(
      module.exports,
      module.exports,
      requireModule,
      module,
      '/usr/lib/startos/package/index.js',
      '/usr/lib/startos/package',
    );
    keepBundle(module.exports, null);
  } catch (error) {
    keepBundle(null, error ?? new Error('The package threw nothing while it loaded'));
  }
}

function receive(id: number, event: string, json: string, bytes: ArrayBuffer | undefined, last: boolean): void {
  try {
    if (id === 0 && event === 'callback') fire(...(JSON.parse(json) as [number, unknown[]]));
    else deliver(id, event, json, bytes, last);
  } catch (error) {
    // What Node would end the process for, an error nobody listens to, is told and no more: the service goes on.
    console.error('Uncaught:', error);
  }
}

/**
 * Called after the world was restored from its image. Answers twice what it was given and one more, worked out by way of
 * most of what could be broken: memory, regular expressions, exceptions, JSON.
 */
function wake(given: number): number {
  reseed();
  restart();
  try {
    throw new Error(JSON.stringify(Array.from({ length: 100 }, () => ({ given }))));
  } catch (error) {
    const read = JSON.parse((error as Error).message) as { given: number }[];
    return Number(/\d+/.exec(String(read.at(-1)?.given))?.[0]) * 2 + 1;
  }
}

export const parts = { load, request, deliver: receive, wake };

/**
 * Runs first in every isolate, before a word of the plugin: takes the two functions that lead out, and what a plugin has
 * no use for away. Built into one text; see build.ts.
 */
import { createRuntime } from '@hearth/plugin-kit/inside';

declare const __send: (text: string) => void;

const send = __send;
const everything = globalThis as Record<string, unknown>;
for (const name of ['__send', 'WebAssembly', 'SharedArrayBuffer', 'Atomics']) Reflect.deleteProperty(everything, name);

// Kept: a plugin may change the language under its own feet, not under this code's.
const { stringify } = JSON;
const runtime = createRuntime((message) => send(stringify(message)));
const print =
  (level: string) =>
  (...words: readonly unknown[]) =>
    send(stringify({ log: level, message: words.map(String).join(' ').slice(0, 2000) }));
everything['console'] = Object.freeze({
  debug: print('debug'),
  log: print('info'),
  info: print('info'),
  warn: print('warn'),
  error: print('error'),
});

/** What the process calls. Answered, not left in the global scope. */
export const { receive, begin } = runtime;

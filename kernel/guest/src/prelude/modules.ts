/** The closed table of what `require` finds. */
import path from 'path-browserify';
import punycode from 'punycode/';
import stringDecoder from 'string_decoder/';
import { assert, strictAssert } from './assert.ts';
import { asyncHooks } from './async-hooks.ts';
import { bufferModule } from './buffer-module.ts';
import { childProcess } from './child-process.ts';
import { console } from './console.ts';
import { crypto } from './crypto.ts';
import { diagnosticsChannel } from './diagnostics-channel.ts';
import { dns } from './dns.ts';
import { events } from './events-module.ts';
import { fs, fsPromises } from './fs.ts';
import { http, https } from './http.ts';
import { workerThreads } from './message-channel.ts';
import { net, tls } from './net.ts';
import { os } from './os.ts';
import { perfHooks } from './perf-hooks.ts';
import { process } from './process.ts';
import { querystring } from './querystring.ts';
import { readline } from './readline.ts';
import { absentModule, refusingAll } from './refused.ts';
import { consumers, stream } from './stream.ts';
import * as timers from './timers.ts';
import { urlModule } from './url.ts';
import { util } from './util.ts';
import { defineWebStreams, lendModules } from './web-streams.ts';
import { zlib } from './zlib.ts';

const posix = Object.assign(path, {
  posix: path,
  ...refusingAll('path', 'matchesGlob'),
  toNamespacedPath: (name: string) => name,
  _makeLong: (name: string) => name,
});
const streamPromises = (stream as unknown as { promises: unknown }).promises;

const streamWeb = {};
defineWebStreams(streamWeb, true);

const modules: Record<string, unknown> = {
  assert,
  'assert/strict': strictAssert,
  async_hooks: asyncHooks,
  buffer: bufferModule,
  child_process: childProcess,
  console: Object.assign(console, {
    Console: function Console() {
      return console;
    },
  }),
  constants: { ...os.constants.signals, ...os.constants.errno, ...(fs.constants as object) },
  crypto,
  diagnostics_channel: diagnosticsChannel,
  dns,
  'dns/promises': dns.promises,
  events,
  fs,
  'fs/promises': fsPromises,
  http,
  https,
  module: {
    isBuiltin,
    createRequire: () => requireModule,
    builtinModules: [] as string[],
    ...refusingAll(
      'module',
      'register registerHooks runMain findSourceMap findPackageJSON syncBuiltinESMExports stripTypeScriptTypes Module SourceMap',
    ),
  },
  net,
  os,
  path: posix,
  'path/posix': posix,
  perf_hooks: perfHooks,
  process,
  punycode,
  querystring,
  readline,
  'readline/promises': readline.promises,
  stream,
  'stream/consumers': consumers,
  'stream/promises': streamPromises,
  'stream/web': streamWeb,
  string_decoder: stringDecoder,
  sys: util,
  timers: { ...timers, promises: timers.promises },
  'timers/promises': timers.promises,
  tls,
  tty: { isatty: () => false, ...refusingAll('tty', 'ReadStream WriteStream') },
  url: urlModule,
  util,
  'util/types': util.types,
  v8: {
    getHeapStatistics: () => ({ total_heap_size: 0, used_heap_size: 0, heap_size_limit: 0, malloced_memory: 0 }),
    setFlagsFromString: () => undefined,
    getCppHeapStatistics: () => ({}),
    ...refusingAll(
      'v8',
      'serialize deserialize Serializer Deserializer DefaultSerializer DefaultDeserializer getHeapSnapshot writeHeapSnapshot',
    ),
  },
  worker_threads: workerThreads,
  zlib,
};

/** Loaded by some bundles and never used: there is nothing behind them that could work here. */
const absent = [
  'cluster',
  'dgram',
  'domain',
  'http2',
  'inspector',
  'inspector/promises',
  'path/win32',
  'repl',
  'trace_events',
  'vm',
  'wasi',
];
for (const name of absent) modules[name] = absentModule(name);

const plainName = (name: string): string => (name.startsWith('node:') ? name.slice(5) : name);

function isBuiltin(name: string): boolean {
  return typeof name === 'string' && Object.hasOwn(modules, plainName(name));
}

export function requireModule(name: string): unknown {
  const plain = plainName(name);
  if (Object.hasOwn(modules, plain)) return modules[plain];
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
}

lendModules(requireModule);
(modules['module'] as { builtinModules: string[] }).builtinModules.push(...Object.keys(modules));
Object.assign(process, {
  getBuiltinModule: (name: string) => (isBuiltin(name) ? requireModule(name) : undefined),
});

/** The closed table of what `require` finds. */
import * as bufferModule from 'buffer';
import eventsModule from 'events';
import path from 'path-browserify';
import punycode from 'punycode/';
import stringDecoder from 'string_decoder/';
import { childProcess } from './child-process.ts';
import { console } from './console.ts';
import { crypto } from './crypto.ts';
import { fs, fsPromises } from './fs.ts';
import { http, https } from './http.ts';
import { net, tls } from './net.ts';
import { os } from './os.ts';
import { process } from './process.ts';
import { querystring } from './querystring.ts';
import { stream } from './stream.ts';
import * as timers from './timers.ts';
import { urlModule } from './url.ts';
import { util } from './util.ts';
import { zlib } from './zlib.ts';
import { assert } from './assert.ts';
import { dns } from './dns.ts';

type Module = unknown;

const posix = Object.assign(path, { posix: path });
const events = eventsModule as unknown as Record<string, unknown>;
const timersModule = { ...timers, promises: timers.promises };
const streamPromises = (stream as unknown as { promises: unknown }).promises;

const modules: Record<string, Module> = {
  assert,
  'assert/strict': assert,
  buffer: { ...bufferModule, Blob: undefined, constants: { MAX_LENGTH: 0x7fffffff, MAX_STRING_LENGTH: 0x1fffffff } },
  child_process: childProcess,
  console,
  constants: { ...os.constants.signals, ...(fs.constants as object) },
  crypto,
  dns,
  'dns/promises': dns.promises,
  events,
  fs,
  'fs/promises': fsPromises,
  http,
  https,
  module: { createRequire: () => requireModule, builtinModules: [] as string[] },
  net,
  os,
  path: posix,
  'path/posix': posix,
  perf_hooks: { performance: globalThis.performance },
  process,
  punycode,
  querystring,
  stream,
  'stream/promises': streamPromises,
  string_decoder: stringDecoder,
  timers: timersModule,
  'timers/promises': timers.promises,
  tls,
  tty: { isatty: () => false },
  url: urlModule,
  util,
  'util/types': util.types,
  zlib,
};

/** Loaded by some bundles and never used: there is nothing behind them that could work here. */
const absent = [
  'async_hooks',
  'cluster',
  'dgram',
  'http2',
  'inspector',
  'readline',
  'repl',
  'v8',
  'vm',
  'worker_threads',
];
for (const name of absent) modules[name] = absentModule(name);

/** Reading a member is harmless; using one says what is missing. */
function absentModule(name: string): Module {
  const refuse = (member: string) =>
    function refused(): never {
      throw Object.assign(new Error(`${name}.${member} is not provided to package scripts`), { code: 'ENOSYS' });
    };
  return new Proxy(
    {},
    {
      get: (_target, member) => (typeof member === 'string' && member !== '__esModule' ? refuse(member) : undefined),
    },
  );
}

export function requireModule(name: string): Module {
  const plain = name.startsWith('node:') ? name.slice(5) : name;
  if (Object.hasOwn(modules, plain)) return modules[plain];
  throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
}

(modules['module'] as { builtinModules: string[] }).builtinModules.push(...Object.keys(modules));
events['EventEmitter'] = eventsModule;

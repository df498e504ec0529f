/** The globals of Node that a bare QuickJS context has not. */
import { Buffer } from 'buffer';
import structuredClone from 'core-js-pure/actual/structured-clone';
import { AbortController, AbortSignal, CustomEvent, DOMException, Event, EventTarget } from './abort.ts';
import { Blob, File, FormData } from './blob.ts';
import { installCallSites } from './call-sites.ts';
import { console } from './console.ts';
import { webcrypto } from './crypto.ts';
import { fetch, Request, Response } from './fetch.ts';
import { Headers } from './headers.ts';
import { MessageChannel, MessageEvent, MessagePort } from './message-channel.ts';
import { installLocaleMethods, intl } from './intl.ts';
import { process } from './process.ts';
import { atob, btoa, TextDecoder, TextEncoder } from './text.ts';
import * as timers from './timers.ts';
import { URL, URLSearchParams } from './url.ts';
import { defineWebStreams } from './web-streams.ts';
import { WebSocket } from './websocket.ts';

const given: Record<string, unknown> = {
  AbortController,
  AbortSignal,
  Blob,
  Buffer,
  CustomEvent,
  DOMException,
  Event,
  EventTarget,
  File,
  FormData,
  Headers,
  MessageChannel,
  MessageEvent,
  MessagePort,
  Intl: intl,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  WebSocket,
  atob,
  btoa,
  clearImmediate: timers.clearImmediate,
  clearInterval: timers.clearInterval,
  clearTimeout: timers.clearTimeout,
  console,
  crypto: webcrypto,
  fetch,
  navigator: { userAgent: 'Hearth', hardwareConcurrency: 1 },
  process,
  setImmediate: timers.setImmediate,
  setInterval: timers.setInterval,
  setTimeout: timers.setTimeout,
  structuredClone,
};

export function installGlobals(): void {
  installCallSites();
  for (const [name, value] of Object.entries(given))
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  defineWebStreams(globalThis, false);
  Object.defineProperty(globalThis, 'global', { value: globalThis, writable: true, configurable: true });
  for (const name of ['dispose', 'asyncDispose']) {
    if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
  }
  installLocaleMethods();
}

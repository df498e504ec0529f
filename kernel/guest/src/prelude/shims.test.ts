/** The same expression in the sandbox and in Node: what scripts see must be what they know. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import { act, dropBuiltGuest, startGuest, type TestGuest } from '../testing/guest-under-test.ts';

let guest: TestGuest;
const AsyncFunction = (async () => undefined).constructor as new (
  ...args: string[]
) => (require: NodeJS.Require) => Promise<unknown>;
const script = `
  const AsyncFunction = (async () => {}).constructor;
  exports.init = async () => {};
  exports.actions = { get: () => ({ getInput: async () => null, run: async ({ input }) => new AsyncFunction('require', input)(require) }) };
`;

beforeAll(async () => {
  guest = await startGuest(script);
  await guest.host.request('init', { id: 'event-init-01', kind: null });
}, 60_000);
afterAll(async () => {
  await guest[Symbol.asyncDispose]();
  await dropBuiltGuest();
});

const bodies: Record<string, string> = {
  buffer: `return [Buffer.from('häß').toString('hex'), Buffer.from('aGk', 'base64').toString(), Buffer.concat([Buffer.from('a'), Buffer.alloc(2)]).readUInt16BE(1), Buffer.byteLength('ü')]`,
  'text encoding': `return [[...new TextEncoder().encode('ü€😀')], new TextDecoder().decode(new Uint8Array([226, 130, 172])), new TextDecoder('latin1').decode(new Uint8Array([228])), atob('aGk='), btoa('hi')]`,
  'a decoder that streams': `const d = new TextDecoder(); const b = new TextEncoder().encode('a€b'); return d.decode(b.subarray(0, 2), { stream: true }) + d.decode(b.subarray(2))`,
  url: `const u = new URL('../x?a=1&a=2#f', 'https://user:pw@host.example:8080/y/z'); u.searchParams.append('b', 'ü'); return [u.href, u.origin, u.searchParams.getAll('a'), require('url').parse('http://a:1/b?c=d').query, require('url').fileURLToPath('file:///a%20b')]`,
  path: `const p = require('path'); return [p.join('/a', '..', 'b'), p.relative('/a/b', '/a/c'), p.extname('x.tar.gz'), p.posix.resolve('/a', './b'), p.parse('/x/y.z')]`,
  events: `const { EventEmitter, once } = require('events'); const e = new EventEmitter(); const seen = []; e.once('a', (x) => seen.push(x)); e.emit('a', 1); e.emit('a', 2); setTimeout(() => e.emit('b', 3)); return [seen, await once(e, 'b'), e.listenerCount('a')]`,
  util: `const u = require('util'); return [u.format('%s %d %j %%', 'a', 1, { b: 2 }), u.inspect({ a: [1, { b: 'c' }] }), u.isDeepStrictEqual(new Map([[1, { a: 2 }]]), new Map([[1, { a: 2 }]])), u.types.isDate(new Date()), await u.promisify((x, done) => done(null, x + 1))(1)]`,
  stream: `const { Readable, Transform, pipeline } = require('stream'); const parts = []; await new Promise((resolve, reject) => pipeline(Readable.from(['a', 'b']), new Transform({ transform(c, e, d) { d(null, String(c).toUpperCase()) } }), async function* (s) { for await (const c of s) parts.push(String(c)) }, (e) => e ? reject(e) : resolve())); return parts`,
  'stream promises': `const { pipeline } = require('stream/promises'); const { Readable, PassThrough } = require('stream'); const p = new PassThrough(); await pipeline(Readable.from(['x']), p); return String(p.read())`,
  hashes: `const c = require('crypto'); return [c.createHash('sha256').update('a').update('b').digest('hex'), c.createHmac('sha512', 'k').update('x').digest('base64'), c.pbkdf2Sync('p', 's', 10, 16, 'sha1').toString('hex'), c.scryptSync('p', 's', 16).toString('hex'), c.getHashes().includes('sha256')]`,
  ciphers: `const c = require('crypto'); const key = Buffer.alloc(32, 1), iv = Buffer.alloc(12, 2); const a = c.createCipheriv('aes-256-gcm', key, iv); const out = Buffer.concat([a.update('text'), a.final()]); const b = c.createDecipheriv('aes-256-gcm', key, iv); b.setAuthTag(a.getAuthTag()); return [out.toString('hex'), a.getAuthTag().toString('hex'), Buffer.concat([b.update(out), b.final()]).toString()]`,
  subtle: `const k = await crypto.subtle.importKey('raw', new Uint8Array(32), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']); return [Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(3))).toString('hex'), Buffer.from(await crypto.subtle.sign('HMAC', k, new Uint8Array(2))).toString('hex')]`,
  'ed25519 by subtle': `const { privateKey, publicKey } = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']); const data = new Uint8Array([1]); return [await crypto.subtle.verify('Ed25519', publicKey, await crypto.subtle.sign('Ed25519', privateKey, data), data), (await crypto.subtle.exportKey('raw', publicKey)).byteLength]`,
  zlib: `const z = require('zlib'); return [z.gunzipSync(z.gzipSync('hello')).toString(), z.inflateRawSync(z.deflateRawSync(Buffer.from('x'))).toString(), z.brotliDecompressSync(z.brotliCompressSync('y')).toString(), await new Promise((r) => z.gzip('q', (e, b) => r(z.unzipSync(b).toString())))]`,
  'structured clone': `const a = { d: new Date(5), m: new Map([[1, new Set([2])]]), b: new Uint8Array([1]) }; a.self = a; const c = structuredClone(a); return [c.d.getTime(), c.m.get(1).has(2), c.b[0], c.self === c]`,
  abort: `const a = new AbortController(); const seen = []; a.signal.addEventListener('abort', () => seen.push('x')); a.abort(); try { a.signal.throwIfAborted() } catch (e) { seen.push(e.name) } return [seen, AbortSignal.any([a.signal]).aborted, AbortSignal.abort('r').reason]`,
  timers: `const order = []; await Promise.all([new Promise((r) => setTimeout(() => { order.push('t'); r() }, 5)), new Promise((r) => setImmediate(() => { order.push('i'); r() })), Promise.resolve().then(() => order.push('p'))]); const i = setInterval(() => {}, 1); clearInterval(i); await require('timers/promises').setTimeout(1); return order`,
  intl: `return [new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234.5), new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'long' }).format(new Date(0)), new Intl.PluralRules('en').select(1), (1234.5).toLocaleString('en-US'), ['ä', 'z', 'a'].sort(new Intl.Collator('de').compare)]`,
  querystring: `const q = require('querystring'); return [q.stringify({ a: [1, 'ü'], b: true }), { ...q.parse('a=1&a=2&b=%20') }]`,
  'string decoder': `const { StringDecoder } = require('string_decoder'); const d = new StringDecoder('utf8'); return d.write(Buffer.from([0xe2, 0x82])) + d.write(Buffer.from([0xac]))`,
  assert: `const a = require('assert'); const seen = []; for (const f of [() => a(0), () => a.deepStrictEqual({ a: 1 }, { a: 1 }), () => a.equal(1, 2)]) { try { f(); seen.push('ok') } catch (e) { seen.push(e.code) } } return seen`,
  headers: `const h = new Headers({ A: '1' }); h.append('a', '2'); const r = new Response('x', { status: 201, headers: h }); return [h.get('a'), r.ok, await r.clone().text(), await r.text(), await Response.json({ a: 1 }).json()]`,
};

test.each(Object.entries(bodies))('%s', async (_name, body) => {
  const expected: unknown = await new AsyncFunction('require', body)(createRequire(import.meta.url));
  expect(await act(guest, body)).toEqual(JSON.parse(JSON.stringify(expected)));
});

/**
 * Attempts to get out of the script's world. Each runs in the real sandbox, beside canaries: a secret file outside the
 * package's folders, the worker's own globals, the guest's own environment. None may be reached.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { act, dropBuiltGuest, startGuest, type TestGuest } from '../testing/guest-under-test.ts';

let guest: TestGuest;
let secret: string;
let marker: string;

const script = `
  const AsyncFunction = (async () => {}).constructor;
  exports.init = async () => {};
  exports.actions = { get: () => ({ getInput: async () => null, run: async ({ effects, input }) => {
    try { return String(await new AsyncFunction('effects', 'require', 'secret', 'marker', input.body)(effects, require, input.secret, input.marker)); }
    catch (error) { return 'threw ' + (error && error.message); }
  } }) };
`;

beforeAll(async () => {
  guest = await startGuest(script);
  secret = join(guest.layout.volumes, '../secret.txt');
  marker = join(guest.layout.volumes, '../marker.txt');
  writeFileSync(secret, 'the-secret-word');
  await guest.host.request('init', { id: 'event-init-01', kind: null });
});
afterAll(async () => {
  await guest[Symbol.asyncDispose]();
  await dropBuiltGuest();
});

const node = "process.binding || process.mainModule || process.dlopen || typeof WebAssembly !== 'undefined'";
const attempts: Record<string, string> = {
  'the function constructor': `return Function('return this')().process?.mainModule ?? 'nothing'`,
  'a constructor chain from an effect': `return effects.bind.constructor('return globalThis')().process.binding ?? 'nothing'`,
  'a constructor chain from a host error': `try { require('fs').readFileSync('/none') } catch (error) { return error.constructor.constructor('return process')().mainModule ?? 'nothing' }`,
  'a constructor chain from bytes': `return require('crypto').randomBytes(4).buffer.constructor.constructor('return process.binding')() ?? 'nothing'`,
  'a constructor chain from a promise': `return effects.echo({ message: '' }).constructor.constructor('return process.binding')() ?? 'nothing'`,
  'indirect eval': `return (0, eval)(${JSON.stringify(node)}) ? 'got' : 'nothing'`,
  'a generator constructor': `return Object.getPrototypeOf(function* () {}).constructor('yield process.binding')().next().value ?? 'nothing'`,
  'Node internals on process': `return [process.binding, process.dlopen, process._linkedBinding, process.mainModule].filter(Boolean).length`,
  'an unknown module': `return require('module').createRequire('/')('inspector').open()`,
  'a module by path': `return require('/etc/passwd')`,
  'a native module': `return require('bindings')`,
  vm: `return require('vm').runInThisContext('1')`,
  worker_threads: `return new (require('worker_threads').Worker)('1', { eval: true })`,
  'a module by a prototype name': `return require('__proto__')`,
  'a module by an object': `return require({ toString: () => 'constructor', startsWith: () => false })`,
  'the door by its global name': `return Object.getOwnPropertyNames(globalThis).filter((name) => /hearth|door|host/i.test(name)).join() || 'nothing'`,
  'the prelude by its global name': `return Object.keys(globalThis.__prelude ?? {}).includes('call') ? 'got' : 'nothing'`,
  'opening the door anew': `const opened = globalThis.__prelude?.begin; return opened ? String(opened({ call: () => '=1' }, '{}')) && 'nothing' : 'nothing'`,
  'JSON replaced under the door': `const { parse } = JSON; JSON.parse = () => ({ path: secret }); try { return require('fs').readFileSync(secret, 'utf8') } finally { JSON.parse = parse }`,
  'a polluted prototype in arguments': `Object.prototype.writable = true; Object.prototype.real = '/'; try { return require('fs').readFileSync(secret, 'utf8') } finally { delete Object.prototype.writable; delete Object.prototype.real }`,
  '__proto__ in arguments': `return require('child_process').spawn('start-container', ['x'], JSON.parse('{"__proto__": {"shell": true}}')).pid ? 'nothing' : 'got'`,
  'an op by a prototype name': `return Object.getOwnPropertyNames(Array.prototype).length > 0 ? 'nothing' : 'got'`,
  'an array with a hostile toJSON': `Array.prototype.toJSON = () => [secret]; try { return require('fs').readFileSync('/media/startos/volumes/main/none', 'utf8') } finally { delete Array.prototype.toJSON }`,
  'a string with a hostile method': `const { startsWith } = String.prototype; String.prototype.startsWith = () => true; try { return require('fs').readFileSync(secret, 'utf8') } finally { String.prototype.startsWith = startsWith }`,
  'a proxy as options': `return require('fs').readFileSync(secret, new Proxy({}, { get: () => 'utf8' }))`,
  'a path object with two faces': `let turn = 0; return require('fs').readFileSync({ protocol: 'file:', get pathname() { return turn++ ? secret : '/media/startos/volumes/main/x' } })`,
  'the secret by its path': `return require('fs').readFileSync(secret, 'utf8')`,
  'the secret by dots': `return require('fs').readFileSync('/media/startos/volumes/../secret.txt', 'utf8')`,
  'the secret by dots in a volume': `return require('fs').readFileSync('/media/startos/volumes/main/../../secret.txt', 'utf8')`,
  'the secret by a link': `const fs = require('fs'); fs.symlinkSync(secret, '/media/startos/volumes/main/link'); return fs.readFileSync('/media/startos/volumes/main/link', 'utf8')`,
  'the secret by a link to its folder': `const fs = require('fs'); fs.symlinkSync('../..', '/media/startos/volumes/main/up'); return fs.readFileSync('/media/startos/volumes/main/up/secret.txt', 'utf8')`,
  'the secret by a hard link': `const fs = require('fs'); fs.linkSync(secret, '/media/startos/volumes/main/hard'); return fs.readFileSync('/media/startos/volumes/main/hard', 'utf8')`,
  'the secret by a copy': `const fs = require('fs'); fs.copyFileSync(secret, '/media/startos/volumes/main/copy'); return fs.readFileSync('/media/startos/volumes/main/copy', 'utf8')`,
  'the secret by a rename': `require('fs').renameSync(secret, '/media/startos/volumes/main/moved'); return require('fs').readFileSync('/media/startos/volumes/main/moved', 'utf8')`,
  'the secret by an open descriptor': `const fs = require('fs'); const file = fs.openSync(secret, 'r'); const bytes = Buffer.alloc(20); fs.readSync(file, bytes); return bytes.toString()`,
  'the secret by a stream': `return new Promise((resolve, reject) => require('fs').createReadStream(secret).on('data', resolve).on('error', reject))`,
  'the secret by a NUL': `return require('fs').readFileSync('/media/startos/volumes/main/\\0/../../../secret.txt', 'utf8')`,
  'the secret by a file URL': `return require('fs').readFileSync(new URL('file://' + secret), 'utf8')`,
  'the secret by fetch': `return (await fetch('file://' + secret)).text()`,
  'the secret by a data URL of fetch': `return (await fetch('blob:nodedata:1')).text()`,
  'a descriptor of the guest': `return require('fs').readFileSync(1, 'utf8')`,
  'a descriptor number of the guest': `return [...Array(40).keys()].map((fd) => { try { require('fs').fstatSync(fd + 3); return 'got' } catch { return '' } }).join('') || 'nothing'`,
  'the memory of the guest': `return require('fs').readFileSync('/proc/self/mem', 'utf8')`,
  'the environment of the guest': `return require('fs').readFileSync('/proc/self/environ', 'utf8')`,
  'the maps of the guest by a link': `const fs = require('fs'); fs.symlinkSync('/proc/self/maps', '/media/startos/volumes/main/maps'); return fs.readFileSync('/media/startos/volumes/main/maps', 'utf8')`,
  'the environment by process': `return process.env.HEARTH_INSTANCE ?? process.env.HOSTNAME ?? 'nothing'`,
  'a file written outside': `require('fs').writeFileSync(marker, 'escaped')`,
  'a file written by a link': `const fs = require('fs'); fs.symlinkSync(marker, '/media/startos/volumes/main/out'); fs.writeFileSync('/media/startos/volumes/main/out', 'escaped')`,
  'a file written through a linked folder': `const fs = require('fs'); fs.symlinkSync('../..', '/media/startos/volumes/main/out2'); fs.writeFileSync('/media/startos/volumes/main/out2/marker.txt', 'escaped')`,
  'a folder removed outside': `require('fs').rmSync('/media/startos/volumes/main/../../..', { recursive: true, force: true })`,
  'a mode set by a link': `const fs = require('fs'); fs.symlinkSync(secret, '/media/startos/volumes/main/mode'); fs.chmodSync('/media/startos/volumes/main/mode', 0o777); return 'got'`,
  'the package changed': `require('fs').writeFileSync('/usr/lib/startos/package/index.js', 'x')`,
  'a shell': `return new Promise((resolve, reject) => require('child_process').exec('cat ' + secret, (error, out) => error ? reject(error) : resolve(out)))`,
  'a shell with more than words': `return new Promise((resolve, reject) => require('child_process').exec('sync; cat ' + secret, (error, out) => error ? reject(error) : resolve(out)))`,
  'a program by path': `return new Promise((resolve, reject) => require('child_process').execFile('/bin/cat', [secret], (error, out) => error ? reject(error) : resolve(out)))`,
  'rsync of the secret': `return new Promise((resolve, reject) => require('child_process').execFile('rsync', ['-a', secret, '/media/startos/volumes/main/got'], (error) => error ? reject(error) : resolve(require('fs').readFileSync('/media/startos/volumes/main/got', 'utf8'))))`,
  'rsync with a shell of its own': `return new Promise((resolve, reject) => require('child_process').execFile('rsync', ['-e', 'touch ' + marker, 'x:/a', '/media/startos/volumes/main'], (error) => error ? reject(error) : resolve('got')))`,
  'chown of the secret': `return new Promise((resolve, reject) => require('child_process').execFile('chown', ['1:1', secret], (error) => error ? reject(error) : resolve('got')))`,
  'a bind of the root': `return new Promise((resolve, reject) => require('child_process').execFile('start-container', ['bind-mount', '--source', '/', '--target', '/media/startos/volumes/main/root'], (error) => error ? reject(error) : resolve('got')))`,
  'a mount of a device': `return new Promise((resolve, reject) => require('child_process').execFile('mount', ['/dev/vda', '/media/startos/volumes/main'], (error) => error ? reject(error) : resolve('got')))`,
  'the socket of the host': `return new Promise((resolve, reject) => require('net').connect({ path: marker.replace('marker.txt', 'host.sock') }).on('connect', () => resolve('got')).on('error', reject))`,
  'the socket of the host by a link': `const at = '/media/startos/volumes/main/way.sock'; require('fs').symlinkSync(marker.replace('marker.txt', 'host.sock'), at); return new Promise((resolve, reject) => require('net').connect(at).on('connect', () => resolve('got')).on('error', reject))`,
  'the socket of the host by a request': `return new Promise((resolve, reject) => require('http').get({ socketPath: marker.replace('marker.txt', 'host.sock') }, () => resolve('got')).on('error', reject))`,
  'the socket of the host by its name': `return new Promise((resolve, reject) => require('net').connect('/media/startos/rpc/host.sock').on('connect', () => resolve('got')).on('error', reject))`,
  'a synchronous program': `return require('child_process').execSync('cat ' + secret)`,
  'an effect by another name': `return effects['__proto__'].constructor('return process.binding')() ?? 'nothing'`,
  'an end of the guest': `process.exit(3)`,
};

test.each(Object.entries(attempts))('%s', async (_what, body) => {
  const said = String(await act(guest, { body, secret, marker }));
  expect(said).not.toContain('the-secret-word');
  expect(said).toMatch(/^(threw |nothing|0$|undefined$)/);
  expect(existsSync(marker)).toBe(false);
  expect(existsSync(secret)).toBe(true);
  expect(guest.exits).toEqual([]);
});

test('the corpus is no smaller than was promised', () => {
  expect(Object.keys(attempts).length).toBeGreaterThanOrEqual(60);
});

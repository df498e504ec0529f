/** Daemons of the published SDK that end in every way there is: the stop is in order, once, and never hangs. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AbiBed, makeAbiBed } from './abi-bed.ts';
import { bundlePackage } from './package-image.ts';

const minute = 60_000;
const names = ['database', 'web', 'front', 'group', 'family', 'stubborn', 'dying', 'failing'];
const last = ['group', 'family', 'stubborn', 'dying', 'failing'];
const scratch = mkdtempSync(join(tmpdir(), 'hearth-shutdown-'));
let abi: AbiBed;

const order = (): string[] => {
  const file = join(abi.volume, 'order');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};
const happened = (what: string): number => order().indexOf(what);
const times = (what: string): number => order().filter((line) => line === what).length;

async function startAll(): Promise<void> {
  rmSync(join(abi.volume, 'order'), { force: true });
  await abi.host.request('start', {});
  await abi.host.until(() => names.every((name) => happened(`${name} up`) >= 0), 'all daemons up', minute);
}

function nothingIsLeft(): void {
  const processes = abi.inside('ps', '-eo', 'pid,stat,args');
  expect(processes).not.toMatch(/sleep 0\.|trap|crun/);
  expect(processes.split('\n').filter((line) => /^\s*\d+ Z/.test(line))).toEqual([]);
  expect(abi.inside('cat', '/proc/self/mountinfo')).not.toMatch(/subcontainers\/guid/);
}

beforeAll(async () => {
  abi = await makeAbiBed(bundlePackage('orderly', scratch));
  await abi.host.request('init', { id: 'event-install-1', kind: 'install' });
}, 3 * minute);
afterAll(async () => {
  await abi.close();
  rmSync(scratch, { recursive: true, force: true });
}, minute);

test(
  'what is needed by others ends after them, whatever the others do at their end',
  async () => {
    await startAll();
    expect(await abi.host.request('stop', {})).toBeNull();
    const term = (name: string): number => happened(`${name} term`);
    // Everybody was told, and once; a group that is told to end is its own.
    expect(names.map((name) => [name, times(`${name} term`)])).toEqual(
      names.map((name) => [name, name === 'stubborn' ? times('stubborn term') : 1]),
    );
    expect(times('stubborn term')).toBeGreaterThanOrEqual(1);
    for (const name of last) expect(term(name)).toBeLessThan(term('front'));
    for (const name of ['group', 'family', 'failing']) expect(happened(`${name} down`)).toBeLessThan(term('front'));
    expect(happened('front down')).toBeLessThan(term('web'));
    expect(happened('web down')).toBeLessThan(term('database'));
    expect(happened('database down')).toBe(order().length - 1);
    nothingIsLeft();
  },
  2 * minute,
);

test(
  'an exit in the middle of a stop shares it, and is acknowledged before the container ends',
  async () => {
    await startAll();
    const ended = new Promise((resolve) => abi.engine.client.on('container.exited', resolve));
    const [stopped, left] = await Promise.all([
      abi.host.request('stop', {}),
      abi.host.request('exit', { id: 'event-exit-1', target: '1.0.0:0' }),
    ]);
    expect([stopped, left]).toEqual([null, null]);
    for (const name of names.filter((one) => one !== 'stubborn'))
      expect([name, times(`${name} term`)]).toEqual([name, 1]);
    expect(happened('web down')).toBeLessThan(happened('database term'));
    expect(happened('database down')).toBe(order().length - 1);
    expect(await ended).toMatchObject({ service: 'abi' });
  },
  2 * minute,
);

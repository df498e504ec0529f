import { describe, expect, test } from '@jest/globals';
import { about, images } from '../testing/example.ts';
import { FakeMachine } from '../testing/fake-machine.ts';
import { defineService } from './define-service.ts';
import { downgradeRange, type Migrations } from './migrations.ts';

type Table = Migrations<unknown>;
const versions: unknown[] = [];

/** A package of 3.0.0:0 over data of `found`; what ran, in order. */
function packaged(found: string | null, table: Record<string, { up?: boolean; down?: boolean; fails?: boolean }>) {
  const machine = new FakeMachine();
  machine.dataVersion = found;
  const ran: string[] = [];
  const migrations: Table = Object.fromEntries(
    Object.entries(table).map(([version, { up = true, down = true, fails = false }]) => [
      version,
      {
        ...(up && {
          up: () => {
            ran.push(`up ${version} from ${machine.dataVersion ?? 'nothing'}`);
            return fails ? Promise.reject(new Error('no')) : Promise.resolve();
          },
        }),
        ...(down && { down: () => Promise.resolve(void ran.push(`down ${version}`)) }),
      },
    ]),
  );
  const service = defineService(
    { about: { ...about, version: '3.0.0:0' }, images, volumes: ['data'], daemons: {}, backup: ['data'], migrations },
    machine.host,
  );
  return { machine, service, ran };
}

describe('up', () => {
  test('every step between runs, oldest first, and the data version follows', async () => {
    const { machine, service, ran } = packaged('1.0.0:0', {
      '3.0.0:0': {},
      '1.0.0:0': {},
      '1.10.0:0': {},
      '1.9.0:0': {},
    });
    await service.init({ effects: machine.effects, kind: 'update' });
    expect(ran).toEqual(['up 1.9.0:0 from 1.0.0:0', 'up 1.10.0:0 from 1.9.0:0', 'up 3.0.0:0 from 1.10.0:0']);
    expect(machine.dataVersion).toBe('3.0.0:0');
  });

  test('one that fails leaves the version where the data is, and the next try goes on from there', async () => {
    const table = { '2.0.0:0': {}, '3.0.0:0': { fails: true } };
    const { machine, service, ran } = packaged('1.0.0:0', table);
    await expect(service.init({ effects: machine.effects, kind: 'update' })).rejects.toThrow('no');
    expect(machine.dataVersion).toBe('2.0.0:0');
    await expect(service.init({ effects: machine.effects, kind: null })).rejects.toThrow('no');
    expect(ran).toEqual(['up 2.0.0:0 from 1.0.0:0', 'up 3.0.0:0 from 2.0.0:0', 'up 3.0.0:0 from 2.0.0:0']);
  });

  test('nothing runs on a first installation, nor on data of this version', async () => {
    for (const found of [null, '3.0.0:0']) {
      const { machine, service, ran } = packaged(found, { '2.0.0:0': {} });
      await service.init({ effects: machine.effects, kind: 'install' });
      expect([ran, machine.dataVersion]).toEqual([[], '3.0.0:0']);
    }
  });
});

describe('down', () => {
  const table = { '1.0.0:0': {}, '2.0.0:0': {}, '3.0.0:0': {} };

  test.each([
    ['2.5.0:0', ['down 3.0.0:0'], '2.5.0:0'],
    ['0.9.0:0', ['down 3.0.0:0', 'down 2.0.0:0', 'down 1.0.0:0'], '0.9.0:0'],
    ['3.0.0:0', [], '3.0.0:0'],
    ['4.0.0:0', [], '3.0.0:0'],
    ['>=1.0.0:0 && <2.5.0:0', ['down 3.0.0:0'], '2.0.0:0'],
    ['<3.5.0:0', [], '3.0.0:0'],
  ])('to %s', async (target, steps, version) => {
    const { machine, service, ran } = packaged('3.0.0:0', table);
    await service.uninit({ effects: machine.effects, target: { toString: () => target } });
    expect([ran, machine.dataVersion]).toEqual([steps, version]);
  });

  test('a step that cannot be taken back is found before the first one is', async () => {
    const { machine, service, ran } = packaged('3.0.0:0', { ...table, '2.0.0:0': { down: false } });
    await expect(service.uninit({ effects: machine.effects, target: '1.5.0:0' })).rejects.toThrow(
      'Data of 2.0.0:0 cannot go back to 1.5.0:0',
    );
    expect([ran, machine.dataVersion]).toEqual([[], '3.0.0:0']);
    await expect(service.uninit({ effects: machine.effects, target: '<0.5:0' })).rejects.toThrow('no known version');
  });

  test('the manifest says how far back it goes', () => {
    const back = () => Promise.resolve();
    expect(downgradeRange({}, '3.0.0:0')).toBe('=3.0.0:0');
    expect(downgradeRange({ '2.0.0:0': { down: back } }, '3.0.0:0')).toBe('<=3.0.0:0');
    expect(downgradeRange({ '1.0.0:0': {}, '2.0.0:0': { down: back } }, '3.0.0:0')).toBe('>=1.0.0:0 && <=3.0.0:0');
    expect(downgradeRange({ '2.0.0:0': { down: back }, '3.0.0:0': {} }, '3.0.0:0')).toBe('>=3.0.0:0 && <=3.0.0:0');
    versions.push(packaged(null, { '1.0.0:0': { down: false }, '2.0.0:0': {} }).service.manifest['canMigrateTo']);
    expect(versions).toEqual(['>=1.0.0:0 && <=3.0.0:0']);
  });

  test('an uninstallation is no way back', async () => {
    const { machine, service, ran } = packaged('3.0.0:0', table);
    await service.uninit({ effects: machine.effects, target: null });
    expect([ran, machine.dataVersion]).toEqual([[], '3.0.0:0']);
  });
});

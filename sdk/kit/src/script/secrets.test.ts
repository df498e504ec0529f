import { expect, test } from '@jest/globals';
import { about, images } from '../testing/example.ts';
import { FakeMachine } from '../testing/fake-machine.ts';
import { defineService } from './define-service.ts';

const file = '/media/startos/volumes/secrets/admin';

function packaged(machine: FakeMachine) {
  return defineService(
    {
      about,
      images,
      volumes: ['data'],
      secrets: {
        admin: { name: 'Password', user: 'owner', show: 'Opens the page', length: 20 },
        token: { name: 'Token' },
      },
      daemons: {},
      actions: {
        renew: {
          name: 'New password',
          description: 'Replaces it',
          async run({ secrets, restart }) {
            await secrets.admin.replace();
            await restart();
            return null;
          },
        },
      },
      askAtInstall: { 'show-admin': { severity: 'important', reason: 'You need it' } },
      backup: ['data'],
    },
    machine.host,
  );
}

test('are made once, kept in a volume of their own, backed up, shown masked, and replaced', async () => {
  const machine = new FakeMachine();
  const service = packaged(machine);
  expect(service.manifest.volumes).toEqual(['data', 'secrets']);
  await service.init({ effects: machine.effects, kind: 'install' });
  const first = machine.files.get(file);
  expect(first).toMatch(/^[a-zA-Z2-9]{20}$/);
  expect(machine.modes.get(file)).toBe(0o600);
  expect(machine.files.get('/media/startos/volumes/secrets/token')).toHaveLength(24);
  await service.init({ effects: machine.effects, kind: null });
  expect(machine.files.get(file)).toBe(first);

  expect(machine.named('action.export').map((call) => (call as { id: string }).id)).toContain('show-admin');
  expect(machine.named('action.createTask')).toMatchObject([{ actionId: 'show-admin' }]);
  const shown = await service.actions.get('show-admin')?.run({ effects: machine.effects });
  expect(shown?.result).toMatchObject({
    value: [
      { name: 'User', value: 'owner', masked: false },
      { name: 'Password', value: first, masked: true, copyable: true },
    ],
  });
  expect(service.actions.get('show-token')).toBeUndefined();

  await service.actions.get('renew')?.run({ effects: machine.effects });
  expect(machine.files.get(file)).not.toBe(first);
  await service.createBackup({ effects: machine.effects });
  const copied = machine.programs.filter(({ argv }) => argv[0] === 'rsync').map(({ argv }) => argv.at(-2));
  expect(copied).toEqual(['/media/startos/volumes/data/', '/media/startos/volumes/secrets/']);
  for (const { argv } of machine.programs) expect(argv.join(' ')).not.toContain(first);
  expect(machine.logs.join()).not.toContain(first);
});

test('their volume and their names are theirs', () => {
  const { host } = new FakeMachine();
  const common = { about, images, daemons: {}, backup: [] } as const;
  const one = { a: { name: 'A' } };
  expect(() => defineService({ ...common, volumes: ['secrets'], secrets: one }, host)).toThrow('name yours otherwise');
  for (const id of ['../x', 'A', 'sign-on'])
    expect(() => defineService({ ...common, volumes: [], secrets: { [id]: { name: 'A' } } }, host)).toThrow(
      'needs another name',
    );
});

import { expect, jest, test } from '@jest/globals';
import { about, images } from '../testing/example.ts';
import { FakeMachine, until } from '../testing/fake-machine.ts';
import { defineService } from './define-service.ts';
import type { HostInfo } from './effects.ts';
import { makeContext } from './context.ts';

jest.setTimeout(60_000);

const reached = (...hostnames: string[]): HostInfo => ({
  bindings: {
    '80': {
      enabled: true,
      addresses: {
        available: hostnames.flatMap((hostname) => [
          { ssl: true, public: false, hostname, port: 443, metadata: { kind: 'mdns' } },
          { ssl: false, public: false, hostname, port: 80, metadata: { kind: 'mdns' } },
        ]),
      },
      interfaces: {
        ui: {
          addressInfo: {
            username: null,
            hostId: 'ui',
            internalPort: 80,
            scheme: 'http',
            sslScheme: 'https',
            suffix: '/app',
          },
        },
      },
    },
  },
});

function packaged(machine: FakeMachine, seen: unknown[] = []) {
  return defineService(
    {
      about,
      images,
      volumes: ['data'],
      interfaces: { ui: { name: 'Page', description: 'Its page', type: 'ui', port: 80, protocol: 'http' } },
      dependencies: { people: { description: 'Knows them', versionRange: '*', needs: 'exists' } },
      signOn: { provider: 'people', interface: 'ui', callback: '/oauth2/callback' },
      daemons: {
        web: {
          image: 'main',
          command: ['daemon-web'],
          async env(context) {
            const addresses = await context.interfaces.ui.addresses.once();
            seen.push(addresses.map(({ url }) => url));
            const { clientId, clientSecret } = await context.signOn();
            seen.push([clientId, clientSecret.length]);
            return { HOST: context.dependencies.people.hostname };
          },
          ready: null,
        },
      },
      backup: ['data'],
    },
    machine.host,
  );
}

test('the provider is told who asks and where people come back to, again when addresses change', async () => {
  const machine = new FakeMachine();
  const seen: unknown[] = [];
  const service = packaged(machine, seen);
  machine.hosts.set('ui', reached('example.local'));
  let refusals = 1;
  machine.actionAnswers.set('register-client', () => {
    if (refusals-- > 0) throw new Error('still starting');
    return null;
  });
  await service.init({ effects: machine.effects, kind: 'install' });
  const secret = machine.files.get('/media/startos/volumes/secrets/sign-on');
  const running = await (await service.main({ effects: machine.effects })).build();
  const told = () => machine.named('action.run') as { packageId: string; input: Record<string, unknown> }[];
  await until(() => told().length === 2, 'it was told, at the second try');
  expect(told()[1]).toEqual({
    packageId: 'people',
    actionId: 'register-client',
    input: { clientId: 'example', clientSecret: secret, redirectUris: ['https://example.local/oauth2/callback'] },
  });
  expect(machine.logs).toContain('Registering with people failed: still starting');
  machine.hosts.set('ui', reached('example.local', 'example.org'));
  await until(() => machine.follows('host'), 'it follows');
  machine.changed('host');
  await until(() => told().length === 3, 'it was told again');
  expect(told()[2]?.input['redirectUris']).toHaveLength(2);
  await until(() => machine.inside('daemon-web').length === 1, 'the daemon runs');
  expect(seen).toEqual([
    ['https://example.local/app', 'http://example.local/app'],
    ['example', 48],
  ]);
  expect(machine.inside('daemon-web')[0]?.argv).toContain('--env=HOST=people.startos');
  await running.term();
  await machine.leaveContext();
});

test('a package without it cannot ask', async () => {
  const { effects, host } = new FakeMachine();
  const parts = {
    id: 'example',
    volumes: [],
    files: {},
    secrets: {},
    interfaces: [],
    dependencies: [],
    signOn: undefined,
  };
  await expect(makeContext(effects, host, parts).signOn()).rejects.toThrow('The definition has no signOn');
});

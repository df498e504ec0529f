/** A SimpleX relay, from its makers' image: messages of people who have no address at all pass through it. */
import { answer, defineService, fromImage, portListens, shown } from '@hearth/sdk';

const port = 5223;
const settings = '/etc/opt/simplex';
const mounts = { settings, messages: '/var/opt/simplex' };

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'simplex',
    title: 'SimpleX relay',
    version: '6.4.3:0',
    releaseNotes: 'SMP server 6.4.3.',
    license: 'AGPL-3.0-only',
    description: {
      short: 'Carries messages without knowing who writes to whom',
      long: 'SimpleX Chat gives its people no addresses; their messages wait at relays until they are fetched. With a relay of your own, yours wait on this server, encrypted from end to end.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/simplex-chat/simplexmq',
    marketingUrl: 'https://simplex.chat',
    donationUrl: 'https://opencollective.com/simplex-chat',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['settings', 'messages'],
  secrets: { relay: { name: 'Password of the relay', length: 32 } },
  interfaces: {
    relay: {
      name: 'Relay',
      description: 'For the SimpleX program: it encrypts by itself',
      type: 'api',
      port,
      protocol: 'tcp',
      encrypted: true,
      scheme: 'smp',
    },
  },

  daemons: {
    relay: {
      image: 'main',
      command: fromImage(),
      async env({ interfaces, secrets }) {
        const [first] = (await interfaces.relay.addresses.const()).filter(({ kind }) => kind === 'mdns');
        return { ADDR: first?.hostname ?? 'localhost', PASS: await secrets.relay.const() };
      },
      mounts,
      ready: {
        name: 'Relay',
        check: portListens(port, { success: 'Programs can connect', failure: 'The relay does not listen' }),
        graceMs: 60_000,
      },
    },
  },

  actions: {
    'get-address': {
      name: 'Show the address',
      description: 'For the settings of the SimpleX program, under "SMP servers".',
      when: 'only-running',
      async run({ interfaces, secrets, volumes }) {
        const fingerprint = (await volumes.settings.read('fingerprint'))?.trim();
        if (fingerprint === undefined) throw new Error('The relay has made no certificate yet; start it first');
        const places = (await interfaces.relay.addresses.once()).map(({ url }) => url.replace(/^.*\/\//, ''));
        const password = await secrets.relay.once();
        const rows = places.map((place) => [
          place,
          shown(`smp://${fingerprint}:${password}@${place}`, { masked: true, qr: true }),
        ]);
        return answer('Addresses of the relay', 'Whoever has one may use it.', Object.fromEntries(rows));
      },
    },
  },
  askAtInstall: {
    'get-address': { severity: 'important', reason: 'Your programs need the address' },
  },
  backup: ['settings', 'messages'],
});

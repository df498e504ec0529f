/** Tor, from Debian: gives the services of the house onion addresses, and those that need it a way out. */
import {
  answer,
  type AnyContext,
  type ConfigHandle,
  type Context,
  defineService,
  fields,
  inside,
  jsonFile,
  model,
  programSucceeds,
  shown,
  urlPlugin,
} from '@hearth/sdk';
import {
  controlArgv,
  controlPort,
  faceOf,
  home,
  keyOf,
  makeOnion,
  mounts,
  onionsModel,
  refuseWrongSettings,
  reload,
  user,
} from './onions.ts';
import { torrc } from './torrc.ts';

const socksPort = 9050;
const place = { home, socksPort, controlPort };

interface Files {
  readonly onions: ConfigHandle<model.Held<typeof onionsModel>>;
  readonly settings: ConfigHandle<{ readonly extra: string }>;
}
type Sources = Pick<AnyContext, 'effects'> & Pick<Context<'data', 'main'>, 'volumes'> & { readonly files: Files };

/** @param how `const`: what asked is run again when an address comes or goes, and when a service moves */
async function writeTorrc({ effects, files, volumes }: Sources, how: 'once' | 'const'): Promise<void> {
  const { onions } = await files.onions[how]();
  const { extra } = await files.settings.once();
  const places = await Promise.all(
    Object.entries(onions).map(async ([hostname, onion]) => ({
      ...onion,
      hostname,
      at: await inside({ effects }, onion)[how](),
    })),
  );
  await volumes.data.write('torrc', torrc({ ...place, places, extra }), 0o644);
}

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'tor',
    title: 'Tor',
    version: '0.4.9:0',
    releaseNotes: 'Tor 0.4.9, from Debian 12.',
    license: 'BSD-3-Clause',
    description: {
      short: 'Reach your services from anywhere, with no open port',
      long: 'Tor gives any interface of any service an onion address: people reach it from anywhere with the Tor Browser, your router stays closed, and nobody learns where your server stands. Services that need it reach the Tor network through it.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://gitlab.torproject.org/tpo/core/tor',
    marketingUrl: 'https://www.torproject.org',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    socks: {
      name: 'SOCKS proxy',
      description: 'The way into the Tor network, for services that depend on this one',
      type: 'api',
      port: socksPort,
      protocol: 'tcp',
      internal: true,
    },
  },
  files: {
    onions: jsonFile({ volume: 'data', path: 'onions.json', model: onionsModel, initial: { onions: {} }, mode: 0o600 }),
    settings: jsonFile({
      volume: 'data',
      path: 'settings.json',
      model: model.object({ extra: model.text() }),
      initial: { extra: '' },
      mode: 0o600,
    }),
  },

  /** Again when an address comes or goes, and when a service moves. The addresses that stay are not interrupted. */
  async prepare(context) {
    await writeTorrc(context, 'const');
    await reload(context);
  },

  daemons: {
    tor: {
      image: 'main',
      async command(context) {
        await writeTorrc(context, 'once');
        return ['tor', '-f', `${home}/torrc`, '--defaults-torrc', '/dev/null'];
      },
      user,
      cwd: home,
      mounts,
      ready: {
        name: 'Tor network',
        check: programSucceeds(
          ['sh', '-c', '"$@" | grep -q PROGRESS=100', 'sh', ...controlArgv('GETINFO status/bootstrap-phase')],
          { success: 'Connected', failure: 'Not connected to the Tor network yet' },
          { user },
        ),
        graceMs: 120_000,
      },
      stopWithinMs: 40_000,
    },
  },

  actions: {
    'add-onion-address': {
      name: 'Add an onion address',
      description: 'People reach this interface from anywhere by it, with the Tor Browser.',
      hidden: true,
      input: {
        urlPluginMetadata: fields.interfacePlace(),
        key: fields.text({
          name: 'Key',
          description:
            'Of an onion address you have already, as “Show the key” tells it. Leave it empty for a new address.',
          required: false,
          masked: true,
          patterns: [{ regex: '[A-Za-z0-9+/]{128}', description: 'a key has 128 letters and digits' }],
        }),
      },
      async run(context, { urlPluginMetadata: face, key }) {
        const { packageId, hostId, internalPort } = face;
        const seen = await faceOf(context, face);
        if (seen === null) throw new Error('This interface is switched off');
        const hostname = await makeOnion(context, key ?? '');
        await context.files.onions.merge({ onions: { [hostname]: { packageId, hostId, internalPort, ...seen } } });
        return answer('Your onion address', 'It takes about a minute until it is known everywhere.', {
          Address: shown(hostname, { qr: true }),
        });
      },
    },
    'remove-onion-address': {
      name: 'Remove the onion address',
      description: 'It leads nowhere afterwards.',
      warning: 'The address is lost for ever, unless you have kept its key.',
      hidden: true,
      input: { urlPluginMetadata: fields.addressPlace() },
      async run({ files, volumes }, { urlPluginMetadata: { hostname } }) {
        if ((await files.onions.once()).onions[hostname] === undefined) throw new Error('It is removed already');
        await files.onions.merge({ onions: { [hostname]: undefined } });
        await volumes.data.remove(`onions/${hostname}`);
        return answer('The address is removed', null);
      },
    },
    'show-onion-key': {
      name: 'Show the key',
      description: 'For your safe: whoever has it has the address.',
      hidden: true,
      input: { urlPluginMetadata: fields.addressPlace() },
      async run(context, { urlPluginMetadata: { hostname } }) {
        const { onions } = await context.files.onions.once();
        if (onions[hostname] === undefined) throw new Error('It is removed already');
        const key = await keyOf(context, hostname);
        return answer('The key of this address', 'Keep it where nobody finds it.', {
          Address: shown(hostname),
          Key: shown(key, { masked: true }),
        });
      },
    },
    'list-onion-addresses': {
      name: 'Show all onion addresses',
      description: 'Also those of services that are not there at the moment.',
      async run({ files }) {
        const { onions } = await files.onions.once();
        const entries = Object.entries(onions);
        if (entries.length === 0)
          return answer('None yet', 'Open a service, then Addresses, then “Add an onion address”.');
        const values = entries.map(([hostname, { packageId, internalPort }], at) => [
          `${at + 1}. ${packageId}, port ${internalPort}`,
          shown(hostname),
        ]);
        return answer('Onion addresses', null, Object.fromEntries(values));
      },
    },
    settings: {
      name: 'Settings',
      description: 'Lines for the configuration of Tor: bridges, where Tor is blocked. Tor restarts.',
      input: {
        extra: fields.textarea({
          name: 'Further lines',
          description: 'As in torrc; they are looked at before they are taken.',
          required: false,
          maxLength: 20_000,
          placeholder: 'UseBridges 1',
        }),
      },
      prefill: async ({ files }) => files.settings.once(),
      async run(context, { extra }) {
        await refuseWrongSettings(context, torrc({ ...place, places: [], extra: extra ?? '' }));
        await context.files.settings.write({ extra: extra ?? '' });
        await context.restart();
        return answer('Tor takes this up', null);
      },
    },
    'forget-network': {
      name: 'Forget the network',
      description:
        'Where it does not get through any more: what Tor remembers of its network is made anew. Addresses stay.',
      when: 'only-stopped',
      group: 'Repair',
      async run({ volumes }) {
        await volumes.data.remove('tor');
        return answer('Forgotten', 'The next start takes a minute longer.');
      },
    },
  },

  addressProvider: {
    plugin: urlPlugin,
    add: 'add-onion-address',
    remove: 'remove-onion-address',
    more: ['show-onion-key'],
    async addresses({ files }) {
      const { onions } = await files.onions.const();
      return Object.entries(onions).map(([hostname, onion]) => ({ ...onion, hostname, public: true }));
    },
  },
  // What Tor remembers of its network is made anew; the keys are the addresses.
  backup: [{ volume: 'data', exclude: ['tor/'] }],
});

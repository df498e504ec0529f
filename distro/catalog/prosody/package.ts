/** Prosody, from Debian: messages between the people of one home, with the XMPP programs they like. */
import { answer, type Context, defineService, portListens, shown, webAnswers } from '@hearth/sdk';
import { type AtHome, homeAddress, keptDomain } from '../src/home-address.ts';
import { personName } from '../src/person-name.ts';
import { clientPort, configuration, home, type Site, webPort } from './configuration.ts';

const user = 'prosody';
const mounts = { data: { at: home, owner: user } };
const server = ['prosody', '-F', '--config', `${home}/prosody.cfg.lua`];
const control = ['prosodyctl', '--config', `${home}/prosody.cfg.lua`];

type Box = Context<'data', 'main'> & AtHome;

async function configure(context: Box): Promise<Site> {
  const { origin } = await homeAddress(context.interfaces.web.addresses);
  const site: Site = { domain: await keptDomain(context), url: origin };
  await context.within('main', mounts, async (inside) => {
    await inside.run(['mkdir', '-p', `${home}/data`], { user });
    await inside.write(`${home}/prosody.cfg.lua`, configuration(site), { user });
  });
  return site;
}

const personField = { name: personName('the @') };

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'prosody',
    title: 'Prosody',
    version: '0.12.3:0',
    releaseNotes: 'Prosody 0.12.3, from Debian 12.',
    license: 'MIT',
    description: {
      short: 'Messages, groups and pictures between your people',
      long: 'Prosody is a server for XMPP, the open protocol for messages. Each person gets an address of their own and uses the program they like, on phones and computers; groups, pictures and the history of what was said stay on this server.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://hg.prosody.im/trunk/',
    marketingUrl: 'https://prosody.im',
    donationUrl: 'https://prosody.im/doc/sponsor',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    clients: {
      name: 'Messages',
      description: 'For messaging programs, over TLS from the first byte',
      type: 'api',
      port: clientPort,
      externalPort: 5223,
      protocol: 'tls',
      scheme: 'xmpps',
    },
    web: {
      name: 'Messages from web pages, and files',
      description: 'WebSocket and BOSH, and where pictures and files are kept',
      type: 'api',
      port: webPort,
      protocol: 'http',
    },
  },

  daemons: {
    prosody: {
      image: 'main',
      async command(context) {
        await configure(context);
        return server;
      },
      user,
      cwd: home,
      mounts,
      ready: {
        name: 'Messages',
        check: portListens(clientPort, { success: 'People can log in', failure: 'Nobody can log in' }),
        graceMs: 30_000,
      },
      stopWithinMs: 20_000,
    },
  },
  checks: {
    web: {
      name: 'Files',
      check: webAnswers(webPort, {
        success: 'Pictures and files can be sent',
        failure: 'Pictures and files cannot be sent',
      }),
      requires: ['prosody'],
    },
  },

  actions: {
    'add-person': {
      name: 'Add a person',
      description: 'An address and a password. For a person who is there: a new password.',
      group: 'People',
      input: personField,
      async run(context, { name }) {
        const { domain } = await configure(context);
        const [address, password] = [`${name}@${domain}`, context.password(16)];
        // Asked twice, as at a keyboard.
        const input = `${password}\n${password}\n`;
        await context.within('main', mounts, async (inside) => {
          const { code } = await inside.execute([...control, 'adduser', address], { user, input });
          if (code !== 0) await inside.run([...control, 'passwd', address], { user, input });
        });
        const values = { Address: shown(address), Password: shown(password, { masked: true }) };
        return answer(
          'Give these to the person',
          'The password is shown this once; it can be changed in the program.',
          {
            ...values,
            Server: shown(domain),
            Port: shown('5223'),
          },
        );
      },
    },
    'remove-person': {
      name: 'Remove a person',
      description: 'With everything that is kept for that person.',
      warning: 'It cannot be taken back.',
      group: 'People',
      input: personField,
      async run(context, { name }) {
        const { domain } = await configure(context);
        await context.run('main', mounts, [...control, 'deluser', `${name}@${domain}`], { user });
        return answer(`${name} can no longer log in`, null);
      },
    },
    'list-people': {
      name: 'Show everybody',
      description: 'The addresses of all people.',
      group: 'People',
      async run(context) {
        const { domain } = await configure(context);
        const list = 'cd "$1" 2>/dev/null && ls || true';
        const folder = `${home}/data/${domain.replaceAll('.', '%2e').replaceAll('-', '%2d')}/accounts`;
        const files = await context.run('main', mounts, ['sh', '-c', list, 'sh', folder], { user });
        const names = files.split('\n').filter((file) => file.endsWith('.dat'));
        const addresses = names.map((file) => `${decodeURIComponent(file.slice(0, -4))}@${domain}`);
        if (addresses.length === 0) return answer('Nobody yet', 'Add people first.');
        return answer('Everybody', null, Object.fromEntries(addresses.map((address) => [address, shown(address)])));
      },
    },
  },
  askAtInstall: {
    'add-person': { severity: 'important', reason: 'Nobody can log in before you added them' },
  },
  backup: [{ volume: 'data', exclude: ['prosody.pid'] }],
});

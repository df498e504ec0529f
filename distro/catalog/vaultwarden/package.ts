/** Vaultwarden, from its makers' image: passwords of a household, for the programs of Bitwarden. */
import { answer, defineService, fields, fromImage, jsonFile, model, webAnswers } from '@hearth/sdk';

const port = 80;
const settings = jsonFile({
  volume: 'settings',
  path: 'settings.json',
  model: model.object({ signups: model.withDefault(model.flag(), false) }),
  initial: { signups: false },
});

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'vaultwarden',
    title: 'Vaultwarden',
    version: '1.34.3:0',
    releaseNotes: 'Vaultwarden 1.34.3.',
    license: 'AGPL-3.0-only',
    description: {
      short: 'The passwords of your household, on all devices',
      long: 'Vaultwarden keeps passwords for the programs of Bitwarden: in browsers, on phones and computers. They are encrypted on each device; this server holds only what nobody can read.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/dani-garcia/vaultwarden',
    donationUrl: 'https://github.com/sponsors/dani-garcia',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data', 'settings'],
  files: { settings },
  secrets: {
    admin: { name: 'Password of the admin page', length: 40, show: 'For the page at /admin of the web vault.' },
  },
  interfaces: {
    ui: { name: 'Web vault', description: 'Passwords in the browser', type: 'ui', port, protocol: 'http' },
    admin: {
      name: 'Admin page',
      description: 'Accounts and settings',
      type: 'ui',
      port,
      protocol: 'http',
      path: '/admin',
    },
  },

  daemons: {
    vaultwarden: {
      image: 'main',
      command: fromImage(),
      async env({ interfaces, secrets, files }) {
        const addresses = await interfaces.ui.addresses.const();
        const home = addresses.find(({ encrypted, kind }) => encrypted && kind === 'mdns');
        const { signups } = await files.settings.const();
        return {
          ROCKET_PORT: String(port),
          DATA_FOLDER: '/data',
          ...(home !== undefined && { DOMAIN: new URL(home.url).origin }),
          ADMIN_TOKEN: await secrets.admin.const(),
          SIGNUPS_ALLOWED: String(signups),
          INVITATIONS_ALLOWED: 'true',
          SHOW_PASSWORD_HINT: 'false',
          IP_HEADER: 'X-Forwarded-For',
        };
      },
      mounts: { data: '/data' },
      ready: {
        name: 'Web vault',
        check: webAnswers(port, { success: 'The vault is open', failure: 'The vault does not answer' }, '/alive'),
        graceMs: 60_000,
      },
    },
  },

  actions: {
    signups: {
      name: 'Let people join',
      description: 'While this is on, everybody who reaches the page may make an account. The service restarts.',
      warning: 'Switch it off again when your people have joined.',
      input: { open: fields.toggle({ name: 'New accounts', default: false }) },
      prefill: async ({ files }) => ({ open: (await files.settings.once()).signups }),
      async run({ files }, { open }) {
        await files.settings.merge({ signups: open });
        return answer(open ? 'New accounts can be made' : 'No new accounts can be made', null);
      },
    },
  },
  askAtInstall: {
    signups: { severity: 'important', reason: 'Nobody can make an account until you let them' },
  },
  backup: ['data', 'settings'],
});

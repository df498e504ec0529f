/** Node-RED, from npm: wires things together, from the sensors of a home to the services on this server. */
import { answer, defineService, webAnswers } from '@hearth/sdk';

const port = 1880;
const home = '/data';
const owner = 'owner';
const mounts = { data: home };

interface Keys {
  /** bcrypt, as Node-RED wants it. */
  readonly hash: string;
  readonly credentials: string;
}

const settings = ({ hash, credentials }: Keys) => `module.exports = {
  flowFile: 'flows.json',
  credentialSecret: ${JSON.stringify(credentials)},
  flowFilePretty: true,
  uiPort: ${port},
  adminAuth: {
    type: 'credentials',
    users: [{ username: '${owner}', password: ${JSON.stringify(hash)}, permissions: '*' }],
  },
  contextStorage: { default: { module: 'localfilesystem' } },
  exportGlobalContextKeys: false,
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { palette: { allowInstall: true } },
  editorTheme: { tours: false, projects: { enabled: false } },
  logging: { console: { level: 'warn', metrics: false, audit: false } },
};
`;

/** The password goes in on standard input; its hash comes out. */
const hashPassword = [
  'node',
  '-e',
  'process.stdout.write(require("bcryptjs").hashSync(require("fs").readFileSync(0, "utf8"), 10))',
];

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'node-red',
    title: 'Node-RED',
    version: '5.0.7:0',
    releaseNotes: 'Node-RED 5.0.7.',
    license: 'Apache-2.0',
    description: {
      short: 'Wires things together: sensors, messages, web pages',
      long: 'Node-RED lets you draw what happens when: a message from a sensor comes in, a rule is applied, something is switched, written down or sent. Thousands of ready-made parts know devices and services.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/node-red/node-red',
    marketingUrl: 'https://nodered.org',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  secrets: {
    password: { name: 'Password', user: owner, show: 'Log in to the editor with these.' },
    credentials: { name: 'Key of the passwords in flows', length: 48 },
  },
  dependencies: {
    mosquitto: {
      description: 'Messages from the things of your home',
      optional: true,
      versionRange: '>=2:0',
      needs: { running: ['mosquitto'] },
    },
  },
  interfaces: {
    ui: { name: 'Editor', description: 'Draw flows, and open what they show', type: 'ui', port, protocol: 'http' },
  },

  daemons: {
    'node-red': {
      image: 'main',
      async command(context) {
        const { secrets } = context;
        const password = await secrets.password.const();
        const hash = await context.run('main', {}, hashPassword, { input: password });
        const text = settings({ hash: hash.trim(), credentials: await secrets.credentials.once() });
        await context.volumes.data.write('settings.js', text, 0o600);
        return ['node-red', '--userDir', home, '--settings', `${home}/settings.js`];
      },
      mounts,
      ready: {
        name: 'Editor',
        check: webAnswers(port, { success: 'The editor is open', failure: 'The editor does not answer' }),
        graceMs: 60_000,
      },
      stopWithinMs: 30_000,
    },
  },

  actions: {
    'reset-password': {
      name: 'Make a new password',
      description: 'Replaces the password of the editor with a new one. Node-RED restarts.',
      warning: 'The old password stops working.',
      async run({ secrets }) {
        await secrets.password.replace();
        return answer(
          'There is a new password',
          'Another action shows it. It works as soon as Node-RED has restarted.',
        );
      },
    },
  },
  askAtInstall: {
    'show-password': { severity: 'important', reason: 'You need user and password to open the editor' },
  },
  backup: [{ volume: 'data', exclude: ['node_modules/.cache'] }],
});

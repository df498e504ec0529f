/** Mosquitto, from Debian: the message broker that the things of a home talk through. */
import { answer, type Context, defineService, fields, portListens, shown } from '@hearth/sdk';
import { credentialsOf, keepCredentials, showCredentials } from '../src/credentials.ts';

const home = '/var/lib/mosquitto';
const port = 1883;
const webPort = 9001;
const owner = 'owner';
const user = 'mosquitto';
const mounts = { data: { at: home, owner: user } };

type Box = Context<'data', 'main'>;

const settings = `per_listener_settings false
allow_anonymous false
password_file ${home}/passwords
persistence true
persistence_location ${home}/
autosave_interval 60
log_dest stdout
log_type error
log_type warning
log_type notice
# Nobody fills the disk with messages for devices that never come back.
max_queued_messages 10000
persistent_client_expiration 30d

listener ${port}
protocol mqtt

listener ${webPort}
protocol websockets
`;

/** mosquitto_passwd takes passwords on its command line, or, as here, hashes those that stand in a file. */
const setPassword = `umask 077
IFS= read -r name
IFS= read -r password
touch ${home}/passwords
grep -v "^$name:" ${home}/passwords > ${home}/passwords.new || true
if [ -n "$password" ]; then
  printf '%s:%s\\n' "$name" "$password" > ${home}/one
  mosquitto_passwd -U ${home}/one
  cat ${home}/one >> ${home}/passwords.new
  rm ${home}/one
fi
mv ${home}/passwords.new ${home}/passwords`;

/** An empty password takes the device away. */
const tell = (context: Box, name: string, password: string) =>
  context.run('main', mounts, ['sh', '-ec', setPassword], { user, input: `${name}\n${password}\n` });

const nameField = {
  name: fields.text({
    name: 'Name',
    description: 'What the device logs in with: letters, digits and hyphens.',
    maxLength: 64,
    patterns: [{ regex: '[A-Za-z0-9][A-Za-z0-9-]*', description: 'use letters, digits and hyphens' }],
  }),
};

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'mosquitto',
    title: 'Mosquitto',
    version: '2.0.11:0',
    releaseNotes: 'Mosquitto 2.0.11, from Debian 12.',
    license: 'EPL-2.0 OR BSD-3-Clause',
    description: {
      short: 'The messages between the things of your home',
      long: 'Mosquitto is a broker for MQTT: sensors, switches and home automation send their messages to it, and it hands each one to everybody who asked for it. Each device gets a name and password of its own.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/eclipse/mosquitto',
    marketingUrl: 'https://mosquitto.org',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    broker: {
      name: 'Broker',
      description: 'For devices that speak MQTT over TLS',
      type: 'api',
      port,
      externalPort: 8883,
      protocol: 'tls',
      scheme: 'mqtts',
    },
    web: {
      name: 'Broker for web pages',
      description: 'MQTT over WebSocket',
      type: 'api',
      port: webPort,
      protocol: 'http',
      scheme: 'wss',
    },
  },

  async install(context) {
    const password = context.password();
    await tell(context, owner, password);
    await keepCredentials(context, { user: owner, password });
  },

  daemons: {
    mosquitto: {
      image: 'main',
      async command(context) {
        await context.volumes.data.write('mosquitto.conf', settings, 0o644);
        return ['mosquitto', '-c', `${home}/mosquitto.conf`];
      },
      user,
      cwd: home,
      mounts,
      ready: {
        name: 'Broker',
        check: portListens(port, { success: 'Devices can connect', failure: 'The broker does not listen' }),
        graceMs: 20_000,
      },
      stopWithinMs: 20_000,
    },
  },
  checks: {
    web: {
      name: 'Broker for web pages',
      check: portListens(webPort, { success: 'Web pages can connect', failure: 'The broker does not listen' }),
      requires: ['mosquitto'],
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show user and password',
      description: 'Your own, for trying things out. Give each device its own.',
      async run(context) {
        return showCredentials('Log in to the broker', null, await credentialsOf(context));
      },
    },
    'reset-password': {
      name: 'Make a new password',
      description: 'Replaces your own password with a new one, and restarts the broker.',
      warning: 'Devices that use it lose their connection.',
      async run(context) {
        const credentials = { user: owner, password: context.password() };
        await tell(context, owner, credentials.password);
        await keepCredentials(context, credentials);
        await context.effects.restart();
        return showCredentials('Your new password', 'It works as soon as the broker has restarted.', credentials);
      },
    },
    'add-device': {
      name: 'Add a device',
      description: 'A name and a password for one device. For a device that is there: a new password.',
      group: 'Devices',
      input: nameField,
      async run(context, { name }) {
        const password = context.password(20);
        await tell(context, name, password);
        await context.effects.restart();
        const values = { User: shown(name), Password: shown(password, { masked: true }) };
        return answer('Give these to the device', 'The password is shown this once.', values);
      },
    },
    'remove-device': {
      name: 'Remove a device',
      description: 'It can no longer log in.',
      group: 'Devices',
      input: nameField,
      async run(context, { name }) {
        if (name === owner) throw new Error('You cannot remove yourself');
        await tell(context, name, '');
        await context.effects.restart();
        return answer(`${name} can no longer log in`, null);
      },
    },
  },
  backup: ['data'],
});

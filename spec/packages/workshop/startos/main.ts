/** Daemons of every form, one-shots, and health checks of every kind. */
import * as fs from 'node:fs/promises';
import { files } from './files';
import { i18n } from './i18n';
import { dataMount } from './mounts';
import { note, ports, sdk } from './sdk';

const mood = sdk.volumes.main.subpath('mood');

export const main = sdk.setupMain(async ({ effects }) => {
  const greeting = await files.json.read((s) => s.name).const(effects);
  await note(`main ${greeting}`);
  const sub = (name: string) => sdk.SubContainer.of(effects, { imageId: 'main' }, dataMount(), name);
  const web = sub('web');
  const certificate = await sdk.getSslCertificate(effects, ['workshop.startos']).const();
  const key = await sdk.getSslKey(effects, { hostnames: ['workshop.startos'] });
  await sdk.volumes.main.writeFile('tls/certificate.pem', certificate.join('\n'));
  await sdk.volumes.main.writeFile('tls/key.pem', key);

  return sdk.Daemons.of(effects)
    .addOneshot('prepare', {
      subcontainer: sub('prepare'),
      exec: { command: ['sh', '-c', 'id > /data/work/prepared'], user: 'web' },
      requires: [],
    })
    .addDaemon('web', {
      subcontainer: web,
      exec: {
        command: sdk.useEntrypoint([String(ports.web)]),
        env: { GREETING: greeting ?? 'nobody' },
        cwd: '/home/web',
        sigtermTimeout: 5000,
        onStdout: (chunk: Buffer) => void note(`web said ${chunk.toString().trim()}`),
        onStderr: (chunk: Buffer) => void note(`web complained ${chunk.toString().trim()}`),
      },
      ready: {
        display: i18n('Web page'),
        gracePeriod: 20_000,
        fn: () =>
          sdk.healthCheck.checkPortListening(effects, ports.web, {
            successMessage: i18n('The page is ready'),
            errorMessage: 'The page is not ready',
          }),
        trigger: sdk.trigger.statusTrigger(500, { success: 2000 }),
      },
      requires: ['prepare'],
    })
    .addDaemon('calls', {
      subcontainer: sub('calls'),
      exec: { command: ['/bin/serve', String(ports.calls + 2)], env: { GREETING: 'third line' } },
      ready: {
        display: null,
        fn: () =>
          sdk.healthCheck.checkPortListening(effects, ports.calls + 2, { successMessage: '', errorMessage: '' }),
        trigger: sdk.trigger.cooldownTrigger(500),
      },
      requires: [],
    })
    .addDaemon('own-tls', {
      subcontainer: sub('own-tls'),
      exec: {
        fn: async () => ({
          command: `openssl s_server -accept ${ports.own} -cert /data/tls/certificate.pem -cert_chain /data/tls/certificate.pem -key /data/tls/key.pem -www`,
        }),
      },
      ready: {
        display: 'Own TLS',
        fn: () =>
          sdk.healthCheck.checkPortListening(effects, ports.own, { successMessage: 'up', errorMessage: 'down' }),
        trigger: sdk.trigger.cooldownTrigger(500),
      },
      requires: ['prepare'],
    })
    .addDaemon('first', {
      subcontainer: sub('first'),
      exec: {
        command: ['sh', '-c', 'readlink /proc/self > /dev/null; echo $$ > /data/first.pid; exec sleep 1000'],
        runAsInit: true,
        // The first process hears no TERM it does not ask for: KILL comes after this.
        sigtermTimeout: 500,
      },
      ready: {
        display: 'First process',
        fn: async () => {
          const pid = await fs.readFile(sdk.volumes.main.subpath('first.pid'), 'utf8').catch(() => '');
          return pid.trim() === '1'
            ? { result: 'success', message: 'pid 1' }
            : { result: 'failure', message: `pid ${pid}` };
        },
        trigger: sdk.trigger.cooldownTrigger(500),
      },
      requires: [],
    })
    .addDaemon('inside', {
      subcontainer: null,
      exec: {
        fn: async () => {
          await note('a daemon of the script alone');
          return null;
        },
      },
      ready: { display: null, fn: () => ({ result: 'success', message: 'no program' }) },
      requires: [],
    })
    .addDaemon('built', {
      daemon: sdk.Daemon.of(effects, sub('built'), { command: ['sleep', '1000'] }),
      ready: {
        display: 'Built before',
        fn: () => ({ result: 'success', message: null }),
        trigger: sdk.trigger.cooldownTrigger(1000),
      },
      requires: ['web'],
    })
    .addDaemon('never', () => null)
    .addHealthCheck('page', {
      ready: {
        display: 'Page answers',
        fn: () =>
          sdk.healthCheck.checkWebUrl(effects, `http://127.0.0.1:${ports.web}/`, { successMessage: 'It answers' }),
        trigger: sdk.trigger.cooldownTrigger(1000),
      },
      requires: ['web'],
    })
    .addHealthCheck('script', {
      ready: {
        display: 'Script',
        fn: () =>
          sdk.healthCheck.runHealthScript(['cat', '/data/work/prepared'], web, {
            message: (result: string) => `prepared by ${/\((\w+)\)/.exec(result)?.[1]}`,
          }),
        trigger: sdk.trigger.cooldownTrigger(1000),
      },
      requires: ['web'],
    })
    .addHealthCheck('mood', {
      ready: {
        display: 'Mood',
        gracePeriod: 0,
        fn: async () => {
          const result = (await fs.readFile(mood, 'utf8').catch(() => 'success')).trim();
          return { result: result as 'success', message: `it is ${result}` };
        },
        trigger: sdk.trigger.cooldownTrigger(300),
      },
      requires: [],
    });
});

/** Actions that look around: in subcontainers with every mount, at the network, at a daemon set of their own. */
import * as fs from 'node:fs/promises';
import { everyMount } from '../mounts';
import { ports, sdk } from '../sdk';
import { metadata, single } from './metadata';

export const look = sdk.Action.withoutInput('look', metadata('Look around'), async ({ effects }) => {
  const found = await sdk.SubContainer.withTemp(
    effects,
    { imageId: 'main', sharedRun: true },
    everyMount(),
    'look',
    async (sub) => {
      const text = async (...command: string[]) => String((await sub.execFail(command)).stdout).trim();
      await sub.writeFile('/tmp/from-script', 'written through the root');
      const refused = await sub.execFail(['sh', '-c', 'echo sorry >&2; exit 3']).then(
        () => 'it did not fail',
        (error: Error) => error.message,
      );
      const typed = await sub.exec(['cat'], { input: 'typed in', user: 'web', cwd: '/tmp', env: { A: 'b' } });
      const slow = await sub.exec(['sleep', '30'], {}, 300);
      const child = await sub.spawn(['sh', '-c', 'read line; echo got $line'], { stdio: 'pipe' });
      const heard = new Promise<string>((resolve) =>
        child.stdout?.on('data', (data: Buffer) => resolve(String(data).trim())),
      );
      child.stdin?.write('a line\n');
      const release = sub.hold();
      const report = {
        letter: await text('cat', '/data/shared/letter'),
        inner: await text('cat', '/inner/plan'),
        file: JSON.parse(await text('cat', '/etc/workshop/settings.json')),
        inferred: await text('cat', '/etc/note'),
        asset: await text('cat', '/assets/pattern.txt'),
        mapped: await text('sh', '-c', 'touch /mapped/mine; id -u; ls -dn /mapped'),
        written: await text('cat', sub.subpath('/tmp/from-script').slice(sub.rootfs.length)),
        refused,
        typed: String(typed.stdout),
        slow: slow.exitSignal ?? slow.exitCode,
        heard: await heard,
        guid: sub.guid.length > 0,
        devices: (await text('sh', '-c', 'ls -d /dev/fuse /dev/net 2>/dev/null || echo none')).split('\n'),
      };
      await release();
      return report;
    },
  );
  const kept = await sdk.SubContainer.eager(effects, { imageId: 'main' }, null, 'kept');
  // In the place of the first process; what it says goes to the log.
  const launched = await kept.launch(['sh', '-c', 'echo as $$ > /said; exit 4']);
  const code = await new Promise((resolve) => launched.on('exit', resolve));
  const ended = { said: (await fs.readFile(kept.subpath('/said'), 'utf8')).trim(), code };
  await kept.destroy();
  const gone = await fs.access(kept.rootfs).then(
    () => false,
    () => true,
  );
  return single('Found', { ...found, launched: ended, gone });
});

/** A daemon set for as long as it takes, as packages do it to set up an account. */
export const bootstrap = sdk.Action.withoutInput('bootstrap', metadata('Bootstrap'), async ({ effects }) => {
  const sub = sdk.SubContainer.of(effects, { imageId: 'main' }, null, 'bootstrap');
  await sdk.Daemons.of(effects)
    .addDaemon('passing', {
      subcontainer: sub,
      exec: { command: ['/bin/serve', '8099'], env: { GREETING: 'passing' } },
      ready: {
        display: null,
        fn: () => sdk.healthCheck.checkPortListening(effects, 8099, { successMessage: '', errorMessage: '' }),
        trigger: sdk.trigger.cooldownTrigger(100),
      },
      requires: [],
    })
    .addOneshot('use', { subcontainer: sub, exec: { command: ['sh', '-c', 'true'] }, requires: ['passing'] })
    .runUntilSuccess(30_000);
  return single('Bootstrapped', 'done');
});

export const network = sdk.Action.withoutInput('network', metadata('Network'), async ({ effects }) => {
  const host = await sdk.host.getOwn(effects, 'web').once();
  const ui = host?.bindings[ports.web]?.interfaces['ui'];
  return single('Network', {
    container: await sdk.getContainerIp(effects).once(),
    os: await sdk.getOsIp(effects),
    gateway: await sdk.getOutboundGateway(effects).once(),
    forward: await sdk.getServicePortForward(effects, { hostId: 'line', internalPort: ports.line }),
    urls: ui?.addressInfo?.format('urlstring'),
    bridge: ui?.addressInfo?.bridge.format('urlstring'),
    dependencies: await sdk.getDependencies(effects),
    installed: await sdk.getInstalledPackages(effects),
    version: String(await sdk.getDataVersion(effects)),
  });
});

/**
 * The life of the package, with the real program: run by `syncthing.system.ts` in namespaces of its own, where
 * /media/startos and the ports belong to nobody else. Prints one line of JSON with what happened.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ActionResult, Effects, ServiceExports } from '@hearth/sdk';
import { FakeMachine } from '../../../../sdk/kit/src/testing/fake-machine.ts';

const [bundle = '', image = ''] = process.argv.slice(2);
const mount = (...args: string[]) => execFileSync('mount', args);

execFileSync('ip', ['link', 'set', 'lo', 'up']);
mount('-t', 'tmpfs', 'tmpfs', '/media');
for (const folder of ['volumes/data', 'images', 'backup', 'sub'])
  mkdirSync(`/media/startos/${folder}`, { recursive: true });
writeFileSync('/media/startos/images/main.json', '{"user":"syncthing","workdir":"/var/syncthing"}');

const machine = new FakeMachine();
let made = 0;
const effects: Effects = {
  ...machine.effects,
  // A part of the script gets what the whole has.
  child: () => effects,
  subcontainer: {
    createFs() {
      const base = `/media/startos/sub/${++made}`;
      for (const part of ['upper', 'work', 'root']) mkdirSync(`${base}/${part}`, { recursive: true });
      mount(
        '-t',
        'overlay',
        'overlay',
        '-o',
        `lowerdir=${image},upperdir=${base}/upper,workdir=${base}/work`,
        `${base}/root`,
      );
      return Promise.resolve([`${base}/root`, String(made)]);
    },
    destroyFs({ guid }) {
      spawnSync('umount', ['-R', `/media/startos/sub/${guid}/root`]);
      return Promise.resolve(null);
    },
  },
};

const service = createRequire(import.meta.url)(bundle) as ServiceExports;
const config = () => readFileSync('/media/startos/volumes/data/config/config.xml', 'utf8');
const gui = 'http://127.0.0.1:8384';

async function until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (let tries = 0; tries < 300; tries++) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never happened: ${what}; ${JSON.stringify(machine.named('setHealth'))}`);
}

const healthy = (id: string) =>
  machine.named('setHealth').some((entry) => {
    const told = entry as { id: string; result: string };
    return told.id === id && told.result === 'success';
  });

function passwordIn(result: ActionResult | null): string {
  const group = result?.result;
  if (group?.type !== 'group') throw new Error('no credentials were shown');
  const field = group.value.find(({ name }) => name === 'Password');
  if (field?.type !== 'single' || !field.masked) throw new Error('the password is not masked');
  return field.value;
}

/** By `node:http`, since fetch does not let a Host header be set. 0: nobody answers. */
const ask = (headers: Record<string, string> = {}) =>
  new Promise<number>((resolve) => {
    get(gui, { headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on('error', () => resolve(0));
  });

const login = (password: string, host = '127.0.0.1') =>
  ask({ host, authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` });

await service.init({ effects, kind: 'install' });
const first = passwordIn(await service.actions.get('get-credentials')!.run({ effects }));
const running = await (await service.main({ effects })).build();
await until('the web interface is healthy', () => healthy('syncthing'));
await until('the sync port is healthy', () => healthy('sync'));
const open = await ask();
const before = [await login(first), await login('wrong'), await login(first, 'syncthing.box.local')];
const second = passwordIn(await service.actions.get('reset-password')!.run({ effects }));
const after = await until('the new password works', async () => {
  const codes = [await login(second), await login(first)];
  return codes[0] === 200 ? codes : null;
});
const began = Date.now();
await running.term();
const stopped = Date.now() - began;
const listens = (await ask()) !== 0;
const identity = /<device id="([^"]+)" name="Hearth"/.exec(config())?.[1];
// A start of the container after the owner shut everybody out.
writeFileSync(
  '/media/startos/volumes/data/config/config.xml',
  config()
    .replace('0.0.0.0:8384', '127.0.0.1:1')
    .replace(/<user>[^<]*<\/user>/, '<user></user>'),
);
await service.init({ effects, kind: null });
const third = passwordIn(await service.actions.get('reset-password')!.run({ effects }));
const again = await (await service.main({ effects })).build();
const repaired = await until('it answers once more', async () => {
  const code = await login(third);
  return code === 0 ? null : code;
});
await again.term();
await service.createBackup({ effects });
const secret = statSync('/media/startos/volumes/data/credentials.json');

process.stdout.write(
  `${JSON.stringify({
    open,
    before,
    after,
    repaired,
    stopped,
    listens,
    sameIdentity: identity !== undefined && config().includes(identity),
    config: config(),
    owner: statSync('/media/startos/volumes/data/config/config.xml').uid,
    credentials: { mode: secret.mode & 0o777, uid: secret.uid },
    backedUp: statSync(join('/media/startos/backup/volumes/data/config/key.pem')).isFile(),
    left: spawnSync('sh', ['-c', 'cat /proc/self/mounts | grep -c /media/startos/sub']).stdout.toString().trim(),
  })}\n`,
);
process.exit(0);

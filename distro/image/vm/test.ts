/**
 * `npm run test:vm`: boots the built image in an emulated machine and uses it as a person would; then pulls the plug in
 * the middle of an installation and of many changes of state. What the serial ports said is kept in out/vm on failure.
 */
import assert from 'node:assert/strict';
import { access, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { installPackages, missingPackages } from '../../daemon/src/packages.ts';
import { version } from '../../daemon/src/version.ts';
import { checkProduct } from './checks.ts';
import { Client, fetchFrom } from './client.ts';
import { makeTestDisk } from './disk.ts';
import { type Machine, startMachine } from './machine.ts';
import { makeRegistries, storm } from './storm.ts';
import { tell } from './story.ts';

const packages = ['mtools', 'ovmf', 'qemu-system-x86'];
const root = resolve(import.meta.dirname, '../../..');
const image = join(root, `out/image/hearth-${version}-x86_64.raw`);
const folder = join(root, 'out/vm');
const password = 'correct horse battery staple';
const gibibyte = 1024 ** 3;
/** Emulated, and beside whatever else the machine does. */
const bootLimit = 600_000;

let machine: Machine;
const started: Machine[] = [];
let client: Client;
let session: Client['session'] | null = null;
let job = '';
let machineId = '';
let identity = '';
let acknowledged: ReadonlyMap<string, boolean> = new Map();
let rev = 0;

const boot = (name: string) => async (): Promise<string> => {
  machine = await startMachine(join(folder, 'disk.raw'), folder, name);
  started.push(machine);
  client = new Client(machine.port);
  if (session !== null) client.session = session;
  const took = await client.waitForPage(bootLimit);
  return `page after ${Math.round(took / 1000)} s`;
};

const syncthing = async () => (await client.call<ServiceView[]>('package.list')).find(({ id }) => id === 'syncthing');
interface ServiceView {
  readonly id: string;
  readonly job: string | null;
  readonly status: { readonly actual: string; readonly desired: string; readonly reason: string };
}

/** Its own page, through our TLS; it asks for the password the package made. */
async function openSyncthing(): Promise<void> {
  const rows = await client.call<{ value: Record<string, { url: string }[]> }>('db.dump', {
    pointer: '/network/addresses/syncthing',
  });
  const url = new URL(rows.value['ui']?.[0]?.url ?? '');
  assert.equal(url.protocol, 'https:');
  const { status, headers } = await fetchFrom(machine.port, url.hostname, '/');
  assert.equal(status, 401);
  assert.match(String(headers['www-authenticate']), /Basic/);
}

async function healthy(): Promise<string> {
  const began = Date.now();
  const row = await client.until('Syncthing runs', 600_000, syncthing, (found) => found?.status.actual === 'running');
  assert.equal(row?.job, null);
  await client.until(
    'Syncthing is healthy',
    180_000,
    () =>
      client.call<{ value: Record<string, { result: string }> }>('db.dump', { pointer: '/serviceHealth/syncthing' }),
    ({ value }) => Object.keys(value).length === 2 && Object.values(value).every(({ result }) => result === 'success'),
  );
  return `after ${Math.round((Date.now() - began) / 1000)} s`;
}

const credentials = async (): Promise<string> =>
  JSON.stringify(
    await client.call('package.action.run', { packageId: 'syncthing', actionId: 'get-credentials', input: null }),
  );

const getJob = () => client.call('job.get', { job });
const keptId = () => machine.shell.run('cat /etc/machine-id');

const steps = [
  ['starts and shows its page', boot('1')],
  [
    'is what was built',
    async () => {
      machineId = await keptId();
      return checkProduct(machine.shell, gibibyte);
    },
  ],
  [
    'is set up with the one-time code of the console',
    async () => {
      const [, code = ''] = await machine.waitForSerial(/One-time code for the set-up:\s+([0-9A-Z-]{9})/, 60_000);
      assert.match(await machine.serial(), /https:\/\/10\.0\.2\.15\s[\s\S]*▀/);
      await assert.rejects(client.call('setup.execute', { code: 'AAAA-AAAA', name: 'Home', password }));
      const { hostname } = await client.call('setup.execute', { code, name: 'Family Server', password });
      assert.equal(hostname, 'family-server');
      session = client.session;
      assert.equal((await client.call('server.status')).setUp, true);
    },
  ],
  [
    'offers the registry it carries, and nothing that would have to be built',
    async () => {
      const { packages: offered } = await client.call('marketplace.list');
      assert.deepEqual(
        offered.map(({ id, recipe, registryName }: Record<string, unknown>) => [id, recipe, registryName]),
        [['syncthing', false, 'Hearth']],
      );
    },
  ],
  [
    'loses power in the middle of an installation',
    async () => {
      const started = await client.call('package.install', { id: 'syncthing' });
      job = started.job;
      const row = await client.until(
        'the images are being unpacked',
        180_000,
        getJob,
        ({ state, step }) => state !== 'running' || !['fetch', 'verify', null].includes(step),
      );
      assert.equal(row.state, 'running');
      await machine.cut();
      return `in step ${row.step}`;
    },
  ],
  ['starts again', boot('2')],
  [
    'takes back what the installation had begun, and still tells of it',
    async () => {
      const row = await client.until('the job is over', 600_000, getJob, ({ finishedAt }) => finishedAt !== null);
      assert.equal(row.state, 'failed', JSON.stringify(row));
      assert.equal(await syncthing(), undefined);
      await machine.shell.run('test ! -e /var/lib/hearth/engine/images/syncthing/*/*.partial');
      return row.error.message;
    },
  ],
  [
    'installs Syncthing from the registry it carries',
    async () => {
      job = (await client.call('package.install', { id: 'syncthing' })).job;
      const row = await client.until('the job is over', 600_000, getJob, ({ finishedAt }) => finishedAt !== null);
      assert.equal(row.state, 'succeeded', JSON.stringify(row));
    },
  ],
  ['has a healthy service', healthy],
  [
    'has a service that answers through HTTPS, in a container under AppArmor and cgroup v2',
    async () => {
      await openSyncthing();
      identity = await credentials();
      const inside = await machine.shell.run(
        'for p in $(pgrep -x syncthing); do cat /proc/$p/attr/current /proc/$p/cgroup; grep Uid /proc/$p/status; done',
      );
      assert.match(inside, /lxc-hearth-syncthing.*\(enforce\)/);
      assert.match(inside, /^0::\/lxc\.payload\.hearth-syncthing/m);
      assert.match(inside, /Uid:\s+1\d{6}\s/);
    },
  ],
  [
    'stops its services before it goes off',
    async () => {
      const took = await machine.powerOff(240_000);
      const said = await machine.serial();
      assert.match(said, /Stopped.*Hearth: ordered stop/);
      assert.ok(took < 180_000, `took ${took} ms`);
      return `off after ${Math.round(took / 1000)} s`;
    },
  ],
  ['starts a third time', boot('3')],
  [
    'finds everything as it was',
    async () => {
      await healthy();
      await openSyncthing();
      assert.equal(await credentials(), identity);
      assert.equal(await keptId(), machineId);
      const { name, setUp } = await client.call('server.status');
      assert.deepEqual({ name, setUp }, { name: 'Family Server', setUp: true });
      const earlier = await machine.shell.run('journalctl -b -1 -u hearth-services -o cat');
      assert.match(earlier, /"stopped":\["syncthing"\],"forced":\[\]/);
      await new Client(machine.port).call('auth.login', { password });
    },
  ],
  [
    'loses power in a storm of commits',
    async () => {
      await makeRegistries(machine.shell, 60);
      const result = await storm(client, 60, 20_000, () => machine.cut());
      acknowledged = result.acknowledged;
      rev = result.rev;
      return `${result.count} commits acknowledged`;
    },
  ],
  ['starts a fourth time', boot('4')],
  [
    'has lost nothing that was acknowledged, and is healthy',
    async () => {
      const { rev: found, value } = await client.call<{ rev: number; value: object }>('db.dump', {
        pointer: '/marketplace/registries',
      });
      assert.ok(found >= rev, `revision ${found} is before the acknowledged ${rev}`);
      for (const [url, there] of acknowledged) assert.equal(url in value, there, url);
      await healthy();
      await openSyncthing();
      assert.equal((await client.call('server.status')).mode, 'running');
    },
  ],
  ['goes off', async () => `after ${Math.round((await machine.powerOff(240_000)) / 1000)} s`],
] as const;

const cutAll = async () => {
  for (const each of started) if (each.running) await each.cut();
};

const missing = await missingPackages(packages);
if (missing.length > 0) await installPackages(missing, () => undefined);
await access(image).catch(() => {
  process.stderr.write(`hearth: there is no ${image}; build it with: npm run image\n`);
  process.exit(1);
});
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cutAll().then(() => process.exit(130)));
try {
  await makeTestDisk(image, folder, gibibyte);
  const good = await tell(steps, async () => {
    if (started.at(-1)?.running === true) {
      process.stdout.write(`${await machine.shell.run('journalctl -b -p info -n 150 -o cat --no-pager', 60_000)}\n`);
      await machine.cut();
    }
    process.stdout.write(`The serial logs are kept: ${folder}/serial-*.log\n`);
  });
  if (good) await rm(folder, { recursive: true, force: true });
  else {
    await rm(join(folder, 'disk.raw'), { force: true });
    process.exitCode = 1;
  }
} finally {
  await cutAll();
}

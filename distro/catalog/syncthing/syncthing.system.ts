/** The package itself: built, opened, and its program run through its whole life, as root, in namespaces of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keyFromSeed } from '@hearth/s9pk';
import { extract, openFile } from '@hearth/s9pk/node';
import { bundleScript, defaultCache, packPackage, type Packed } from '@hearth/sdk/pack';

const folder = import.meta.dirname;
const work = mkdtempSync(join(tmpdir(), 'hearth-syncthing-'));
let packed: Packed;

beforeAll(async () => {
  packed = await packPackage({
    recipe: folder,
    output: join(work, 'syncthing.s9pk'),
    key: keyFromSeed(new Uint8Array(32).fill(7)),
    cache: defaultCache(),
  });
}, 600_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

test('the archive is whole, and its files are what it says', async () => {
  const archive = await openFile(packed.file, { commitment: packed.commitment });
  try {
    await archive.verifyAll();
    const paths = (await archive.list()).filter(({ entry }) => entry.type === 'file').map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['manifest.json', 'icon.svg', 'LICENSE.md', 'instructions.md', 'javascript.squashfs']),
    );
  } finally {
    await archive.close();
  }
});

test('Syncthing lives its whole life: install, run, new password, stop, repair, backup', async () => {
  const archive = await openFile(packed.file);
  const squashfs = (await archive.list()).find(({ path }) => path.endsWith('/main.squashfs'))!.path;
  await extract(archive, squashfs, join(work, 'main.squashfs'));
  await archive.close();
  const image = join(work, 'image');
  mkdirSync(image);
  execFileSync('sh', ['-c', `sqfs2tar ${join(work, 'main.squashfs')} | tar x -C ${image}`]);
  const tools = join(work, 'bin');
  mkdirSync(tools);
  for (const tool of ['start-container', 'rsync']) copyFileSync(join(folder, `testing/${tool}.sh`), join(tools, tool));
  const bundle = join(work, 'index.cjs');
  writeFileSync(bundle, (await bundleScript(join(folder, 'package.ts'))).code);
  const story = spawnSync(
    'unshare',
    [
      '--net',
      '--mount',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      process.execPath,
      join(folder, 'testing/story.ts'),
      bundle,
      image,
    ],
    { encoding: 'utf8', env: { PATH: `${tools}:/usr/sbin:/usr/bin:/sbin:/bin` }, timeout: 120_000 },
  );
  expect(story.status === 0 ? '' : `${story.stdout.slice(-3000)}\n${story.stderr.slice(-3000)}`).toBe('');
  const told = JSON.parse(story.stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
  expect(told).toMatchObject({
    open: 401,
    before: [200, 401, 200],
    after: [200, 401],
    repaired: 200,
    listens: false,
    sameIdentity: true,
    owner: 990,
    credentials: { mode: 0o600, uid: 0 },
    backedUp: true,
    left: '0',
  });
  expect(told['stopped']).toBeLessThan(20_000);
  expect(told['config']).toContain('<urAccepted>-1</urAccepted>');
  expect(told['config']).toContain('<crashReportingEnabled>false</crashReportingEnabled>');
  expect(told['config']).toContain('<autoUpgradeIntervalH>0</autoUpgradeIntervalH>');
}, 180_000);

test('the script is small', async () => {
  const { code } = await bundleScript(join(folder, 'package.ts'));
  expect(code.length).toBeLessThan(60_000);
});

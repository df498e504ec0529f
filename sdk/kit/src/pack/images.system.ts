/** Images by the tools that make them elsewhere: skopeo from a registry on this machine, buildah from a Dockerfile. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { imageArchive, tar } from '../testing/image-tar.ts';
import { contextOf } from './events.ts';
import { buildImage } from './image.ts';
import type { RecipeImage } from './recipe.ts';

const minute = 60_000;
let work: string;
let recipe: string;
let registry: ChildProcess;
let host: string;

const workshop = (cache: string, architecture = 'x86_64') => ({
  folder: recipe,
  architecture,
  cache: join(work, cache),
  context: contextOf(undefined, {}),
  name: 'main',
});
const build = (source: RecipeImage['source'], cache = 'cache', architecture = 'x86_64') =>
  buildImage({ source }, workshop(cache, architecture));
const listed = (squashfs: string): string =>
  execFileSync('sh', ['-c', `sqfs2tar ${squashfs} | tar tv --numeric-owner`], { encoding: 'utf8', maxBuffer: 1 << 27 });

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'hearth-images-'));
  recipe = join(work, 'recipe');
  mkdirSync(join(recipe, 'image'), { recursive: true });
  const port = await freePort();
  host = `127.0.0.1:${port}`;
  const settings = `version: 0.1
storage: {filesystem: {rootdirectory: ${join(work, 'registry')}}}
http: {addr: "${host}"}
log: {level: error}
`;
  writeFileSync(join(work, 'registry.yml'), settings);
  registry = spawn('docker-registry', ['serve', join(work, 'registry.yml')], { stdio: 'ignore' });
  while (!(await answers(`http://${host}/v2/`))) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const architecture of ['amd64', 'arm64']) {
    const lower = tar([
      { path: 'etc/' },
      { path: 'etc/machine', content: architecture },
      { path: 'etc/old', content: '' },
    ]);
    const upper = tar([{ path: 'etc/.wh.old' }, { path: 'app', content: '#!/bin/sh\n', mode: 0o755, uid: 1000 }]);
    const config = {
      User: '1000',
      WorkingDir: '/srv',
      Env: ['PATH=/bin', 'A=b=c'],
      Entrypoint: ['/app'],
      Cmd: ['serve'],
    };
    const file = join(recipe, `${architecture}.tar`);
    writeFileSync(file, imageArchive({ layers: [lower, upper], config, architecture }));
    const place = ['--override-os=linux', `--override-arch=${architecture}`];
    const to = `docker://${host}/tools/app:${architecture}`;
    execFileSync('skopeo', [...place, 'copy', '-q', '--dest-tls-verify=false', `oci-archive:${file}`, to]);
  }
}, minute);

afterAll(async () => {
  registry.kill('SIGTERM');
  await new Promise((resolve) => registry.once('exit', resolve));
  // Trees that were unpacked may hold folders nobody may enter.
  execFileSync('chmod', ['-R', 'u+rwX', work]);
  rmSync(work, { recursive: true, force: true });
});

test(
  'an image of a registry is fetched by its digest, and is the archive it was pushed from',
  async () => {
    const fetched = await build({ image: `${host}/tools/app:amd64` });
    expect(JSON.parse(fetched.config)).toEqual({ user: '1000', workdir: '/srv', entrypoint: ['/app'], cmd: ['serve'] });
    expect(fetched.environment).toBe('PATH=/bin\nA=b=c');
    expect(listed(fetched.squashfs)).toMatch(/-rwxr-xr-x 1000\/0\s+10 .* app\n/);
    expect(listed(fetched.squashfs)).not.toContain('etc/old');
    const read = await build({ oci: 'amd64.tar' });
    expect(readFileSync(read.squashfs).equals(readFileSync(fetched.squashfs))).toBe(true);
    const other = await build({ image: `${host}/tools/app:arm64` }, 'cache', 'aarch64');
    expect(other.squashfs).not.toBe(fetched.squashfs);
    await expect(build({ image: `${host}/tools/app:arm64` })).rejects.toMatchObject({ code: 'pack.archiveInvalid' });
    await expect(build({ image: `${host}/tools/none:1` })).rejects.toMatchObject({ code: 'pack.toolFailed' });
  },
  2 * minute,
);

test(
  'a Dockerfile is built on an image of a registry, twice the same, and what the recipe says counts',
  async () => {
    writeFileSync(join(recipe, 'image/hello'), 'hello\n');
    chmodSync(join(recipe, 'image/hello'), 0o644);
    const lines = [
      `FROM ${host}/tools/app:amd64`,
      'ARG WHO',
      'COPY hello /etc/hello',
      'ENV WHO=$WHO',
      'USER 0',
      'CMD ["other"]',
    ];
    writeFileSync(join(recipe, 'image/Dockerfile'), lines.join('\n'));
    const source = { dockerfile: 'image/Dockerfile', args: { WHO: 'me' } };
    const one = await build(source, 'one');
    expect(JSON.parse(one.config)).toEqual({ user: '0', workdir: '/srv', entrypoint: ['/app'], cmd: ['other'] });
    expect(one.environment).toContain('WHO=me');
    expect(listed(one.squashfs)).toMatch(/-rw-r--r-- 0\/0\s+6 .* etc\/hello\n/);
    const two = await build(source, 'two');
    expect(readFileSync(one.squashfs).equals(readFileSync(two.squashfs))).toBe(true);
    const said = await buildImage({ source, user: 'app', cmd: null }, workshop('one'));
    expect(JSON.parse(said.config)).toMatchObject({ user: 'app', cmd: null, entrypoint: ['/app'] });
  },
  3 * minute,
);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, (response) => {
      response.resume();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

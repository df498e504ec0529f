/** Images made elsewhere: from an archive, from a registry, or from a Dockerfile; all of them end as an archive that is read here. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile, hashFolder } from './content-hash.ts';
import { errors } from './errors.ts';
import { type ImageDefaults, keyOf, type Plan, type Workshop } from './plan.ts';
import { type ImageConfiguration, openImageArchive } from './layers/archive.ts';
import { mergeLayers } from './layers/merge.ts';
import { writeTar } from './layers/tar-writer.ts';
import { closeLayers, unpackLayers } from './layers/unpack.ts';
import { beneathRecipe } from './recipe.ts';
import { type DockerfileSource, folderOf } from './sources.ts';
import { epoch, toSquashfs } from './squash.ts';
import { find, run } from './tools.ts';

const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

function architectureOf({ architecture }: Workshop): string {
  const name = architectures[architecture];
  if (name === undefined) throw errors.architectureUnknown({ architecture });
  return name;
}

export async function archivePlan(path: string, workshop: Workshop): Promise<Plan> {
  const file = await beneathRecipe(workshop.folder, path, workshop.architecture);
  return {
    key: keyOf('oci', workshop.architecture, await hashFile(file)),
    build: (destination, work) => squashArchive(file, destination, work, workshop),
  };
}

/** The tag of a reference may mean another image tomorrow: what it means now is asked first, unless a digest stands in it. */
export async function registryPlan(reference: string, workshop: Workshop): Promise<Plan> {
  const { context } = workshop;
  const skopeo = { package: 'skopeo', signal: context.signal };
  const trust = plainFlags(reference, '--tls-verify=false');
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
  const inspect = () => run('skopeo', ['inspect', '--raw', ...trust, `docker://${reference}`], skopeo);
  const known =
    digest ??
    `sha256:${createHash('sha256')
      .update((await inspect()).stdout)
      .digest('hex')}`;
  const pinned = `${reference.replace(/(@.*|:[^/:]*)$/, '')}@${known}`;
  return {
    key: keyOf('image', workshop.architecture, known),
    async build(destination, work) {
      const archive = join(work, 'image.tar');
      context.say(`Building image ${workshop.name}: Fetching ${reference}`);
      const place = ['--override-os=linux', `--override-arch=${architectureOf(workshop)}`];
      const from = plainFlags(reference, '--src-tls-verify=false');
      await run('skopeo', [...place, 'copy', '-q', ...from, `docker://${pinned}`, `oci-archive:${archive}`], skopeo);
      return squashArchive(archive, destination, work, workshop);
    },
  };
}

export async function dockerfilePlan(source: DockerfileSource, workshop: Workshop): Promise<Plan> {
  const { folder, architecture, context } = workshop;
  const file = await beneathRecipe(folder, source.dockerfile, architecture);
  const around = await beneathRecipe(folder, source.context ?? folderOf(source.dockerfile), architecture);
  const text = await readFile(file, 'utf8');
  return {
    key: keyOf('dockerfile', architecture, text, await hashFolder(around), source.args, source.target ?? null),
    async build(destination, work) {
      const archive = join(work, 'image.tar');
      const tool = (await find('buildah')) ?? (await find('podman'));
      if (tool === null) throw errors.noBuilder();
      // Its own store, which goes with the folder: nothing is left behind, and nothing found there is trusted.
      const store = [`--root=${join(work, 'store')}`, `--runroot=${join(work, 'run')}`, '--storage-driver=vfs'];
      const bases = [...text.matchAll(/^\s*FROM\s+(?:--\S+\s+)*(\S+)/gim)].map(([, name = '']) => name);
      const args = Object.entries(source.args).map(([name, value]) => `--build-arg=${name}=${value}`);
      const options = {
        package: 'buildah',
        signal: context.signal,
        env: { BUILDAH_ISOLATION: 'chroot', TMPDIR: work, HOME: work },
        onLine: context.log,
      };
      context.say(`Building image ${workshop.name}: Running its Dockerfile`);
      const name = 'hearth-build';
      const how = ['--format=oci', `--timestamp=${epoch}`, `--arch=${architectureOf(workshop)}`, ...args];
      const target = source.target === undefined ? [] : [`--target=${source.target}`];
      const trust = bases.some(isLoopback) ? ['--tls-verify=false'] : [];
      await run(
        tool,
        [...store, 'build', '-q', ...how, ...target, ...trust, `--file=${file}`, `--tag=${name}`, around],
        options,
      );
      await run(tool, [...store, 'push', '-q', name, `oci-archive:${archive}`], options);
      return squashArchive(archive, destination, work, workshop);
    },
  };
}

async function squashArchive(
  file: string,
  destination: string,
  work: string,
  workshop: Workshop,
): Promise<ImageDefaults> {
  const { context, name } = workshop;
  const archive = openImageArchive(file, architectureOf(workshop));
  context.say(`Building image ${name}: Unpacking ${archive.layers.length} layers`);
  const layers = await unpackLayers(archive, work, context.signal);
  try {
    const entries = mergeLayers(layers);
    context.say(`Building image ${name}: Writing ${entries.length} files`);
    await toSquashfs(writeTar(entries), destination, context);
  } finally {
    closeLayers(layers);
  }
  return defaultsOf(archive.configuration);
}

function defaultsOf({ config }: ImageConfiguration): ImageDefaults {
  const { User, WorkingDir, Env, Entrypoint, Cmd } = config ?? {};
  const pairs = (Env ?? []).map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  // One line a value is all the form of environment files has.
  const env = pairs.filter(([key, value]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && !value.includes('\n'));
  return {
    ...(User ? { user: User } : {}),
    ...(WorkingDir ? { workdir: WorkingDir } : {}),
    ...(env.length > 0 ? { env: Object.fromEntries(env) } : {}),
    entrypoint: Entrypoint ?? null,
    cmd: Cmd ?? null,
  };
}

/** What never leaves this machine needs no TLS. */
const isLoopback = (reference: string): boolean => /^(localhost|127\.0\.0\.1)(:[0-9]+)?\//.test(reference);
const plainFlags = (reference: string, flag: string): string[] => (isLoopback(reference) ? [flag] : []);

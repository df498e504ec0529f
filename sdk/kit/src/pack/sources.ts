/** What an image can be made of. Paths are beneath the recipe; `{arch}` in them stands for `x86_64` or `aarch64`. */
import { z } from 'zod';

/** Debian's own rule for package names. */
const debianPackage = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/);
const part = '(?!\\.\\.?(/|$))[A-Za-z0-9._{}-]+';
const path = z.string().regex(new RegExp(`^${part}(/${part})*$`), 'a path beneath the recipe');

export const debianSource = z.strictObject({
  /** `bookworm`, `trixie`, `sid`: whichever the machine itself runs. */
  suite: z.string().regex(/^[a-z]+$/),
  components: z.array(z.string().regex(/^[a-z-]+$/)).default(['main']),
  /** `essential`: what Debian cannot do without. `apt`, `minbase`: with apt. `custom`: exactly the packages named. */
  variant: z.enum(['essential', 'apt', 'minbase', 'custom']).default('essential'),
  packages: z.array(debianPackage).max(500),
  /** Paths that are not unpacked, as dpkg's `path-exclude` takes them; documentation and translations unless told. */
  excludes: z
    .array(z.string().startsWith('/'))
    .default([
      '/usr/share/doc/*',
      '/usr/share/man/*',
      '/usr/share/info/*',
      '/usr/share/locale/*',
      '/usr/share/lintian/*',
    ]),
  /** Shell lines run as root within the finished tree, without network. */
  setup: z.array(z.string()).default([]),
});
export type DebianSource = z.infer<typeof debianSource>;

/** `name@1.2.3`: exact, since what a range means changes from day to day. */
const npmPackage = z
  .string()
  .max(250)
  .regex(
    /^(@[a-z0-9-][a-z0-9._-]*\/)?[a-z0-9-][a-z0-9._-]*@[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$/,
    'name@1.2.3',
  );

export const npmSource = z.strictObject({
  npm: z.array(npmPackage).min(1).max(100),
  /** A `package-lock.json`, with the `package.json` it belongs to beside it: what they need is then fixed too. */
  lock: path.optional(),
  /** Of Node, which comes from npm as well. */
  node: z
    .string()
    .regex(/^[0-9]+\.[0-9]+\.[0-9]+$/)
    .default('24.21.0'),
  /** The Debian packages below; made once for all images that stand on the same. */
  debian: debianSource.optional(),
});
export type NpmSource = z.infer<typeof npmSource>;

export const dockerfileSource = z.strictObject({
  /** In a folder of its own, with what it copies. */
  dockerfile: path.regex(/\//, 'a Dockerfile in a folder of its own'),
  /** The folder whose files it can copy; that of the Dockerfile unless told. */
  context: path.optional(),
  /** Build arguments. They stay in the image for everybody to see: no secrets. */
  args: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(4096)).default({}),
  /** The stage that is wanted; the last unless told. */
  target: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/)
    .optional(),
});
export type DockerfileSource = z.infer<typeof dockerfileSource>;

/** `host[:port]/name[:tag][@sha256:...]`, as registries have it. */
const reference = z
  .string()
  .max(500)
  .regex(
    /^[a-z0-9.-]+(:[0-9]+)?\/[a-z0-9._/-]+(:[A-Za-z0-9_.-]+)?(@sha256:[0-9a-f]{64})?$/,
    'host/name:tag@sha256:...',
  );

export const imageSource = z.union([
  z.strictObject({ debian: debianSource }),
  npmSource,
  /** A tar of a whole tree, plain or compressed, or a folder that is one. */
  z.strictObject({ rootfs: path }),
  /** An image archive: `docker save`, or an OCI layout in a tar. */
  z.strictObject({ oci: path }),
  /** An image of a registry, by skopeo. */
  z.strictObject({ image: reference }),
  /** Built by buildah or podman. */
  dockerfileSource,
]);
export type ImageSource = z.infer<typeof imageSource>;

/** The files and folders beneath the recipe that a source is made from. */
export function localPaths(source: ImageSource): string[] {
  if ('rootfs' in source) return [source.rootfs];
  if ('oci' in source) return [source.oci];
  if ('dockerfile' in source) return [source.dockerfile, source.context ?? folderOf(source.dockerfile)];
  if ('npm' in source && source.lock !== undefined) return [source.lock, `${folderOf(source.lock)}/package.json`];
  return [];
}

export function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '.' : file.slice(0, slash);
}

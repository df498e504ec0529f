/** Packages for system tests: an image of this machine's own programs, a bundle as an author makes it, an archive of both. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileContent, generateKey, packArchive, type SigningKey } from '@hearth/s9pk/node';
import { makeSquashfs } from '../testbed/index.ts';

const packages = join(import.meta.dirname, '../packages');
const programs = [
  'sh',
  'cat',
  'id',
  'ls',
  'touch',
  'sleep',
  'mkdir',
  'rm',
  'env',
  'perl',
  'setsid',
  'readlink',
  'grep',
];

/** An image of this machine's own programs, with a web server of one line and a user of its own. */
export function makeImage(folder: string, more: readonly string[] = []): void {
  const paths = [...programs, ...more].map((name) => execFileSync('which', [name], { encoding: 'utf8' }).trim());
  const linked = execFileSync('ldd', paths, { encoding: 'utf8' });
  for (const path of new Set([...linked.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1]!)))
    copy(path, join(folder, path));
  for (const path of paths) copy(path, join(folder, 'bin', path.split('/').at(-1)!));
  const modules = execFileSync('perl', ['-e', 'print grep { m{/perl-base$} } @INC'], { encoding: 'utf8' });
  cpSync(modules, join(folder, modules), { recursive: true });
  for (const name of ['proc', 'dev', 'sys', 'run', 'tmp', 'etc', 'usr/bin', 'root', 'home/web'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nweb:x:1000:1000::/home/web:/bin/sh\n');
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\nweb:x:1000:\nextra:x:2000:web\n');
  writeFileSync(
    join(folder, 'bin/serve'),
    `#!/bin/perl
use strict; use IO::Socket::INET; $| = 1; $SIG{TERM} = sub { print "stopping\\n"; exit 0 };
my $server = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 5, ReuseAddr => 1) or die "listen: $!";
print "serving $ENV{GREETING} on $ARGV[0]\\n";
while (my $client = $server->accept) {
  print $client "HTTP/1.0 200 OK\\r\\n\\r\\n$ENV{GREETING}\\n"; $client->flush; shutdown $client, 1;
  1 while sysread $client, my $request, 4096; close $client;
}
`,
    { mode: 0o755 },
  );
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}

/** A package of `spec/packages`, bundled as its author would. */
export function bundlePackage(name: string, folder: string): string {
  execFileSync(process.execPath, [join(packages, 'build.mjs'), name, folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  return readFileSync(join(folder, 'index.js'), 'utf8');
}

export interface PackedExample {
  readonly id: string;
  readonly version: string;
  readonly path: string;
}

/** Packs packages of `spec/packages` as their author would: one key for all, so that one can update another. */
/** An image of a package, and what is told about it. */
export interface ExampleImage {
  readonly squashfs: string;
  /** `<image>.json`. */
  readonly config: string;
  /** `<image>.env`. */
  readonly environment: string;
}

export class ExamplePacker {
  readonly #folder: string;
  readonly #image: ExampleImage;
  readonly #key: SigningKey = generateKey();

  /** @param image of every package; absent: one of this machine's own programs */
  constructor(folder: string, image: ExampleImage | null = null) {
    this.#folder = folder;
    this.#image = image ?? ownImage(folder);
  }

  async pack(name: string): Promise<PackedExample> {
    const folder = join(this.#folder, name);
    bundlePackage(name, join(folder, 'script'));
    return this.packScript(name, folder, join(packages, name, 'assets'));
  }

  /** Packs `<folder>/script/index.js`, whoever made it. */
  async packScript(name: string, folder: string, assets: string): Promise<PackedExample> {
    const script = makeSquashfs(join(folder, 'script'), join(folder, 'javascript.squashfs'));
    const manifest = manifestOf(join(folder, 'script/index.js'));
    const text = (value: string) => new TextEncoder().encode(value);
    const tree = new Map<string, Uint8Array | Awaited<ReturnType<typeof fileContent>>>([
      ['manifest.json', text(JSON.stringify(manifest))],
      ['icon.svg', text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')],
      ['LICENSE.md', text('MIT')],
      ['instructions.md', text('Open it.')],
      ['javascript.squashfs', await fileContent(script)],
    ]);
    if (existsSync(assets))
      tree.set('assets.squashfs', await fileContent(makeSquashfs(assets, join(folder, 'assets.squashfs'))));
    for (const image of Object.keys(manifest.images)) {
      tree.set(`images/x86_64/${image}.squashfs`, await fileContent(this.#image.squashfs));
      tree.set(`images/x86_64/${image}.json`, text(this.#image.config));
      tree.set(`images/x86_64/${image}.env`, text(this.#image.environment));
    }
    const path = join(folder, `${name}.s9pk`);
    await packArchive(tree, path, { key: this.#key });
    return { id: manifest.id, version: manifest.version, path };
  }
}

function ownImage(folder: string): ExampleImage {
  const root = join(folder, 'image');
  makeImage(root, ['openssl']);
  return {
    squashfs: makeSquashfs(root, join(folder, 'image.squashfs')),
    config: '{"workdir":"/","entrypoint":["/bin/serve"],"cmd":["8080"]}',
    environment: 'PATH=/bin\n',
  };
}

/** What the bundle itself says, as a packing tool asks it. */
function manifestOf(script: string): { id: string; version: string; images: object } {
  const ask = 'process.stdout.write(JSON.stringify(require(process.argv[1]).manifest))';
  // A warning of Node's about what the SDK bundles is no news.
  const text = execFileSync(process.execPath, ['--no-warnings', '-e', ask, script], { encoding: 'utf8' });
  return JSON.parse(text) as ReturnType<typeof manifestOf>;
}

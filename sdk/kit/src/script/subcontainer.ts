/** One image brought to life: a writable tree of it with volumes bound in, in which programs run. */
import type { Effects } from './effects.ts';
import type { Host, OnText, Program } from '../node/host.ts';

/** Where and how a volume appears inside. */
export interface MountOptions {
  /** Where it appears inside. */
  readonly at: string;
  /** Only this folder of the volume. */
  readonly subpath?: string;
  /** Nothing inside can change it. */
  readonly readonly?: boolean;
  /** A user or `user:group` of the image: the mounted folder itself (not what is in it) is given to it at each start. */
  readonly owner?: string;
}

/** How a program is run. Without a user, folder or variables it gets those of its image. */
export interface ExecOptions {
  readonly user?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onText?: OnText;
  /** Goes to standard input: the place for secrets, which have none on a command line. */
  readonly input?: string;
}

/** How a program ended, and what it printed. */
export interface Finished {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a subcontainer sees of the world. */
export type Mount =
  | ({ readonly from: 'volume'; readonly volume: string } & MountOptions)
  | { readonly from: 'assets'; readonly at: string; readonly subpath?: string }
  | {
      readonly from: 'dependency';
      readonly package: string;
      readonly volume: string;
      readonly at: string;
      readonly subpath?: string;
      readonly readonly?: boolean;
    };

/** The table of a definition as a list. */
export function volumeMounts(
  mounts: Readonly<Record<string, string | MountOptions | readonly MountOptions[] | undefined>>,
): Mount[] {
  return Object.entries(mounts).flatMap(([volume, told = []]): Mount[] => {
    const places: readonly MountOptions[] = typeof told === 'string' ? [{ at: told }] : isList(told) ? told : [told];
    return places.map((place) => ({ from: 'volume', volume, ...place }));
  });
}

const isList = (told: MountOptions | readonly MountOptions[]): told is readonly MountOptions[] => Array.isArray(told);

const volumeRoot = '/media/startos/volumes';

interface ImageConfig {
  readonly user?: string | null;
  readonly workdir?: string | null;
  readonly entrypoint?: readonly string[] | null;
  readonly cmd?: readonly string[] | null;
}

/** One image brought to life: a writable tree of it with volumes bound in, in which programs run. */
export class Subcontainer {
  readonly root: string;
  readonly image: string;
  private readonly guid: string;
  private readonly host: Host;
  private readonly effects: Effects;
  private readonly leader: Program;
  private ended: Promise<void> | null = null;

  private constructor(effects: Effects, host: Host, image: string, root: string, guid: string) {
    this.effects = effects;
    this.host = host;
    this.image = image;
    this.root = root;
    this.guid = guid;
    this.leader = host.start(['start-container', 'subcontainer', 'launch', root]);
  }

  static async create(
    effects: Effects,
    host: Host,
    image: string,
    name: string,
    mounts: readonly Mount[],
  ): Promise<Subcontainer> {
    const [root, guid] = await effects.subcontainer.createFs({ imageId: image, name });
    const made = new Subcontainer(effects, host, image, root, guid);
    try {
      await made.prepare(mounts);
      return made;
    } catch (error) {
      await made.destroy();
      throw error;
    }
  }

  private async prepare(mounts: readonly Mount[]): Promise<void> {
    for (const mount of mounts) await this.mount(mount);
    const { files } = this.host;
    // Where the host binds its own resolv.conf, there is nothing to copy and no leave to.
    await files.copy('/etc/resolv.conf', `${this.root}/etc/resolv.conf`).catch(() => undefined);
    for (const folder of ['/dev', '/sys']) {
      await files.makeFolder(`${this.root}${folder}`);
      await this.tool(['mount', '--rbind', folder, `${this.root}${folder}`]);
    }
    await this.leaderIsUp();
    for (const mount of mounts) {
      if (mount.from === 'volume' && mount.owner !== undefined)
        await this.run(['chown', mount.owner, mount.at], { user: 'root' });
    }
  }

  private async mount(mount: Mount): Promise<void> {
    const { at, subpath = '' } = mount;
    const target = `${this.root}${at}`;
    await this.host.files.makeFolder(target);
    if (mount.from === 'dependency') {
      const { package: packageId, volume: volumeId, readonly = true } = mount;
      const wanted = { packageId, volumeId, subpath: subpath === '' ? null : subpath, readonly };
      await this.effects.mount({ location: target, target: wanted });
      return;
    }
    const source =
      mount.from === 'assets' ? `/media/startos/assets/${subpath}` : `${volumeRoot}/${mount.volume}/${subpath}`;
    if (mount.from === 'volume') await this.host.files.makeFolder(source);
    const flags = mount.from === 'volume' && mount.readonly === true ? ['--recursive', '--readonly'] : ['--recursive'];
    await this.tool(['start-container', 'bind-mount', '--source', source, '--target', target, ...flags]);
  }

  private async leaderIsUp(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if (await this.host.files.exists(`${this.root}/proc/1`)) return;
      await this.host.sleep(5);
    }
    throw new Error(`The subcontainer of image ${this.image} did not come up`);
  }

  private async tool(argv: readonly string[]): Promise<void> {
    let said = '';
    const program = this.host.start(argv, { onText: (text) => (said += text) });
    const { code, signal } = await program.exited;
    if (code !== 0) throw new Error(`${argv.join(' ')} failed (${signal ?? code ?? 'unknown'}): ${said.trim()}`);
  }

  /** Starts a program; the caller looks after it. */
  async spawn(argv: readonly string[], options: ExecOptions = {}): Promise<Program> {
    const defaults = await this.imageDefaults();
    const program = [
      'start-container',
      'subcontainer',
      'exec',
      `--env-file=/media/startos/images/${this.image}.env`,
      `--user=${options.user ?? defaults.user}`,
      `--workdir=${options.cwd ?? defaults.workdir}`,
      ...Object.entries(options.env ?? {}).map(([name, value]) => `--env=${name}=${value}`),
      this.root,
      ...argv,
    ];
    const { onText, input } = options;
    return this.host.start(program, {
      ...(onText === undefined ? {} : { onText }),
      ...(input === undefined ? {} : { input }),
    });
  }

  /** Runs a program to its end, whatever that is; ends it after `timeoutMs`. */
  async execute(argv: readonly string[], options: ExecOptions = {}, timeoutMs = 30_000): Promise<Finished> {
    const said = { stdout: '', stderr: '' };
    const program = await this.spawn(argv, { ...options, onText: (text, stream) => (said[stream] += text) });
    const finished = new AbortController();
    void this.host.sleep(timeoutMs, finished.signal).then(() => {
      if (!finished.signal.aborted) program.kill('SIGKILL');
    });
    const { code, signal } = await program.exited;
    finished.abort();
    return { code, signal, ...said };
  }

  /** Runs a program that must succeed; answers what it printed. */
  async run(argv: readonly string[], options: ExecOptions = {}, timeoutMs?: number): Promise<string> {
    const { code, signal, stdout, stderr } = await this.execute(argv, options, timeoutMs);
    if (code === 0) return stdout;
    throw new Error(`${argv[0] ?? ''} failed (${signal ?? code ?? 'unknown'}): ${(stderr || stdout).trim()}`);
  }

  /** Writes a file as it is seen inside, as `user`. 0600 unless `mode` says otherwise, also while it is written. */
  async write(path: string, text: string, options: { readonly user?: string; readonly mode?: number } = {}) {
    const { user, mode = 0o600 } = options;
    // Written beside and put in its place whole: a reader finds the old file or the new one.
    const script = 'umask 077; cat > "$1.new"; chmod "$2" "$1.new"; mv "$1.new" "$1"';
    const argv = ['sh', '-ec', script, 'sh', path, mode.toString(8)];
    await this.run(argv, { input: text, ...(user === undefined ? {} : { user }) });
  }

  /** What the image itself would run: its entry point with these arguments, or with its own. */
  async imageCommand(given: readonly string[] | null): Promise<string[]> {
    const { entrypoint, cmd } = await this.imageConfig();
    const command = [...(entrypoint ?? []), ...(given ?? cmd ?? [])];
    if (command.length === 0) throw new Error(`Image ${this.image} has no command of its own`);
    return command;
  }

  private async imageDefaults(): Promise<{ user: string; workdir: string }> {
    const { user, workdir } = await this.imageConfig();
    return { user: user ?? 'root', workdir: workdir ?? '/' };
  }

  private async imageConfig(): Promise<ImageConfig> {
    const text = await this.host.files.read(`/media/startos/images/${this.image}.json`);
    return (text === null ? {} : JSON.parse(text)) as ImageConfig;
  }

  /** Ends what still runs in it and takes it down. Once; later callers share the same end. */
  destroy(): Promise<void> {
    this.ended ??= this.end();
    return this.ended;
  }

  private async end(): Promise<void> {
    this.leader.kill('SIGTERM');
    const gone = new AbortController();
    void this.host.sleep(30_000, gone.signal).then(() => {
      if (!gone.signal.aborted) this.leader.kill('SIGKILL');
    });
    await this.leader.exited;
    gone.abort();
    await this.effects.subcontainer.destroyFs({ guid: this.guid });
  }
}

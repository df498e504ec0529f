/**
 * Every program a script may run, by the forms the ABI knows: subcontainers, binds, copies, and a few file tools.
 *
 * Programs belong to the serving process, not to the script's thread: they can be stopped in order when that one is gone.
 */
import { mkdirSync } from 'node:fs';
import { shapeOfError } from '../files/error.ts';
import { Paths } from '../files/paths.ts';
import type { GuestConfig } from '../serve/config.ts';
import type { Ongoing, Tell } from '../serve/sandbox.ts';
import { type ExecForm, readStartContainer, splitWords } from './argv.ts';
import type { ProcessPlan } from './bundle.ts';
import { Crun } from './crun.ts';
import { failedEffect, readEffectForm } from './effect-forms.ts';
import { fileTool } from './file-tools.ts';
import { nothingToSay, over, type SpawnOptions, unknownProgram } from './no-program.ts';
import { attachedTo, planProcess, type TerminalProgram } from './plan.ts';
import { Mounts } from './mounts.ts';
import { giveNames } from './names.ts';
import { Pipes } from './pipes.ts';
import { isRestored, readRsync } from './rsync.ts';
import { Subcontainer, type SubcontainerParts } from './subcontainer.ts';

export interface ProgramsPort {
  log(source: string, text: string): void;
  effect(method: string, params: unknown): Promise<unknown>;
  launched(guids: readonly string[]): void;
}

/** When the whole container ends: what TERM did not end by then is killed. */
const lastPatienceMs = 10_000;

export class Programs {
  readonly #config: GuestConfig;
  readonly #port: ProgramsPort;
  readonly #paths: Paths;
  readonly #mounts: Mounts;
  readonly #pipes: Pipes;
  readonly #parts: SubcontainerParts;
  readonly #subcontainers = new Map<string, Subcontainer>();

  constructor(config: GuestConfig, port: ProgramsPort) {
    const { layout } = config;
    this.#config = config;
    this.#port = port;
    for (const folder of [layout.state, layout.temporary]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#paths = new Paths(layout);
    this.#mounts = new Mounts(this.#paths);
    this.#pipes = new Pipes(`${layout.state}/pipes`);
    this.#parts = {
      crun: new Crun(config),
      pipes: this.#pipes,
      mounts: this.#mounts,
      state: layout.state,
      roots: layout.subcontainers,
      log: (source, text) => port.log(source, text),
    };
  }

  async create(params: unknown, context: string): Promise<unknown> {
    const { imageId, name } = params as { imageId: string; name?: string | null };
    const answer = await this.#port.effect('subcontainer.create-fs', { imageId, name: name ?? null });
    const [root, guid] = answer as [string, string];
    giveNames(root, this.#paths);
    const identity = { guid, image: imageId, name: name ?? imageId, context };
    this.#subcontainers.set(guid, new Subcontainer(identity, this.#parts));
    return answer;
  }

  async destroy(params: unknown): Promise<unknown> {
    const { guid } = params as { guid: string };
    await this.#forget(guid);
    return this.#port.effect('subcontainer.destroy-fs', { guid });
  }

  async #forget(guid: string): Promise<void> {
    const known = this.#subcontainers.get(guid);
    await known?.destroy();
    this.#subcontainers.delete(guid);
    this.#tellLaunched();
  }

  /** The host binds; a subcontainer that runs already is shown it from here. */
  async mount(params: unknown): Promise<unknown> {
    const answer = await this.#port.effect('mount', params);
    const { location } = params as { location: string };
    const pid = (await this.#within(location)?.pid()) ?? null;
    if (pid !== null) await this.#mounts.push(location, location, pid);
    return answer;
  }

  /** Ends what a context of the script left behind. */
  async endContext(context: string): Promise<void> {
    const left = [...this.#subcontainers.values()].filter(
      (one) => one.context === context || one.context.startsWith(`${context}/`),
    );
    await Promise.all(left.map((one) => this.#takeDown(one)));
  }

  async #takeDown(one: Subcontainer): Promise<void> {
    await one.end(lastPatienceMs);
    await this.destroy({ guid: one.guid }).catch((error: unknown) => {
      this.#port.log('guest', `Cannot remove subcontainer "${one.name}": ${shapeOfError(error).message}`);
    });
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#subcontainers.values()].map((one) => one.end(lastPatienceMs)));
  }

  spawn(args: readonly unknown[], tell: Tell): Ongoing {
    const [file, list, given] = args as [string, string[], SpawnOptions];
    const options = { ...given, stdio: given.stdio };
    const name = file.slice(file.lastIndexOf('/') + 1);
    if (name === 'sh' && list[0] === '-c') {
      const words = splitWords(list[1] ?? '');
      const [first, ...rest] = words ?? [];
      return first === undefined ? unknownProgram(file, tell) : this.spawn([first, rest, options], tell);
    }
    switch (name) {
      case 'start-container':
        return this.#startContainer(list, options, tell);
      case 'mount':
        return this.#settle(this.#mount(list), options, tell);
      case 'umount':
        return this.#settle(this.#unmount(list.at(-1) ?? ''), options, tell);
      case 'rsync':
        return this.#rsync(list, options, tell);
      default: {
        const made = fileTool(
          name,
          list,
          options.stdio,
          { paths: this.#paths, pipes: this.#pipes, log: this.#logGuest },
          tell,
        );
        return made ?? unknownProgram(file, tell);
      }
    }
  }

  readonly #logGuest = (text: string): void => this.#port.log('guest', text);

  /** By guid, name or image; null: the first that runs. */
  find(name: string | null): Subcontainer | null {
    const running = [...this.#subcontainers.values()].filter((one) => one.launched);
    const isMeant = (one: Subcontainer): boolean => [one.guid, one.name, one.image].includes(name ?? one.guid);
    return running.find(isMeant) ?? null;
  }

  /** A program for somebody at a terminal, as the image's own environment and working folder have it. */
  onTerminal(sub: Subcontainer, wanted: TerminalProgram, tell: Tell): Ongoing {
    const root = `/media/startos/subcontainers/${sub.guid}`;
    const { workdir, shell } = attachedTo(sub.image, root, this.#paths);
    const form: ExecForm = {
      ...{ kind: 'exec', root, user: wanted.user, cwd: workdir, terminal: wanted.size },
      command: wanted.command ?? [shell],
      env: ['TERM=xterm-256color'],
      envFile: `/media/startos/images/${sub.image}.env`,
    };
    return this.#program(sub, form, { stdio: ['pipe', 'pipe', 'ignore'] }, tell);
  }

  #startContainer(list: readonly string[], options: SpawnOptions, tell: Tell): Ongoing {
    const form = readStartContainer(list);
    if (form === null)
      return this.#settle(this.#effect(list), options, tell, (answer) => `${JSON.stringify(answer ?? null)}\n`);
    if (form.kind === 'bind') return this.#settle(this.#bind(form), options, tell);
    const sub = this.#within(form.root);
    if (sub === null)
      return this.#settle(Promise.reject(new Error(`There is no subcontainer at ${form.root}`)), options, tell);
    if (form.kind === 'launch' && form.command.length === 0) {
      const leader = sub.launch(tell);
      this.#tellLaunched();
      return {
        command: (name, args) => name === 'kill' && leader.signal(String(args[0]) as NodeJS.Signals),
        close: () => undefined,
      };
    }
    return this.#program(sub, form, options, tell);
  }

  /** An effect by its words, as a shell in the container has it: the answer goes to standard output as JSON. */
  async #effect(list: readonly string[]): Promise<unknown> {
    const form = readEffectForm(list);
    if (form === null) throw new Error(`start-container ${list.slice(0, 2).join(' ')} is not provided`);
    const { method, params } = form;
    if (method === 'subcontainer.create-fs') return this.create(params, 'main');
    if (method === 'subcontainer.destroy-fs') return this.destroy(params);
    if (method === 'mount') return this.mount(params);
    return this.#port.effect(method, params).catch((failure: unknown) => {
      throw failedEffect(failure);
    });
  }

  #program(sub: Subcontainer, form: ExecForm, options: SpawnOptions, tell: Tell): Ongoing {
    const early: [string, readonly unknown[], Uint8Array | undefined][] = [];
    let child: Ongoing | null = null;
    const begin = async (): Promise<void> => {
      const plan: ProcessPlan = planProcess(form, this.#paths);
      child =
        form.kind === 'launch'
          ? await sub.launchCommand(plan, options.stdio, tell)
          : await sub.exec(plan, options.stdio, tell);
      this.#tellLaunched();
      for (const [name, args, bytes] of early) child.command?.(name, args, bytes);
    };
    begin().catch((error: unknown) => this.#refuse(error, options, tell));
    return {
      command: (name, args, bytes) => {
        if (child === null) early.push([name, args, bytes]);
        else child.command?.(name, args, bytes);
      },
      close: () => child?.close(),
    };
  }

  async #bind(form: Extract<ReturnType<typeof readStartContainer>, { kind: 'bind' }>): Promise<void> {
    const from = this.#paths.volumeOf(form.source);
    if (form.idmap.length > 0) {
      if (from === null) throw new Error('Only parts of volumes can be bound with other ids');
      const { volume: volumeId, subpath } = from;
      const target = { packageId: this.#config.service, volumeId, subpath, readonly: form.readonly, idmap: form.idmap };
      await this.mount({ location: form.target, target });
      return;
    }
    const into = (await this.#within(form.target)?.pid()) ?? null;
    await this.#mounts.bind(form.source, form.target, { file: form.file, readonly: form.readonly, into });
  }

  /** `mount --rbind|--bind SOURCE TARGET`; a subcontainer's `/dev` and `/sys` are crun's to make. */
  async #mount(args: readonly string[]): Promise<void> {
    const [source = '', target = '', ...more] = args.filter((arg) => !arg.startsWith('-'));
    const flags = args.filter((arg) => arg.startsWith('-'));
    if (
      more.length > 0 ||
      !flags.some((flag) => flag === '--rbind' || flag === '--bind' || flag === '-R' || flag === '-B')
    )
      throw new Error(`mount ${args.join(' ')} is not provided`);
    if (source === '/dev' || source === '/sys') return;
    const into = (await this.#within(target)?.pid()) ?? null;
    await this.#mounts.bind(source, target, { file: false, readonly: false, into });
  }

  /** Only what lies in a subcontainer: everything else the container has mounted is not the script's to take away. */
  async #unmount(target: string): Promise<void> {
    const at = this.#paths.subcontainerOf(target);
    if (at === null || at.inside === '/') throw new Error(`umount ${target} is not provided`);
    await this.#mounts.unbind(target);
  }

  #rsync(list: readonly string[], options: SpawnOptions, tell: Tell): Ongoing {
    const form = readRsync(list);
    if (form === null)
      return this.#settle(Promise.reject(new Error(`rsync ${list.join(' ')} is not provided`)), options, tell);
    if (isRestored(form, this.#paths, this.#config.layout)) {
      return this.#settle(Promise.resolve(), options, tell, () => '100%\n');
    }
    const tools = { paths: this.#paths, pipes: this.#pipes, log: this.#logGuest };
    return fileTool('rsync', list, options.stdio, tools, tell) ?? nothingToSay;
  }

  #within(path: string): Subcontainer | null {
    const at = this.#paths.subcontainerOf(path);
    return at === null ? null : (this.#subcontainers.get(at.guid) ?? null);
  }

  #tellLaunched(): void {
    this.#port.launched([...this.#subcontainers.values()].filter((one) => one.launched).map((one) => one.guid));
  }

  /** Work of the guest's own that looks like a program to the script. */
  #settle(
    work: Promise<unknown>,
    options: SpawnOptions,
    tell: Tell,
    says: (answer: unknown) => string = () => '',
  ): Ongoing {
    tell('spawn');
    work.then(
      (answer) => {
        const text = says(answer);
        if (text !== '' && options.stdio[1] === 'pipe') tell('stdout', null, Uint8Array.from(Buffer.from(text)));
        over(options, tell, 0);
      },
      (error: unknown) => this.#refuse(error, options, tell),
    );
    return nothingToSay;
  }

  #refuse(error: unknown, options: SpawnOptions, tell: Tell): void {
    const text = `${shapeOfError(error).message}\n`;
    if (options.stdio[2] === 'pipe') tell('stderr', null, Uint8Array.from(Buffer.from(text)));
    else this.#port.log('guest', text);
    over(options, tell, (error as { status?: number }).status ?? 1);
  }
}

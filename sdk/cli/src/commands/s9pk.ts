/** `hearth s9pk`: archives in files (and, for looking, behind URLs). */
import { Command, Option } from 'commander';
import { HearthError } from '@hearth/contract';
import type { Archive, Content, Entry, OpenOptions, SigningKey } from '@hearth/s9pk/node';
import type { Context } from '../context.ts';
import { parseJson, readNamed } from '../files.ts';
import { bytesText, printable, table } from '../text.ts';
import type { ContextOf } from '../program.ts';

interface OpenFlags {
  readonly compat?: boolean;
  readonly commitment?: string;
}

export function s9pkCommands(contextOf: ContextOf): Command[] {
  const s9pk = new Command('s9pk').description('Make, look at, prove and change package archives (S9PK version 2)');
  s9pk.addCommand(packCommand(contextOf));
  s9pk.addCommand(inspectCommand(contextOf));
  s9pk.addCommand(verifyCommand(contextOf));
  s9pk.addCommand(filterCommand(contextOf));
  s9pk.addCommand(editCommand(contextOf));
  s9pk.addCommand(signCommand(contextOf));
  s9pk
    .command('keygen <file>')
    .description('make a signing key (Ed25519, PKCS#8 PEM) in a new file only you can read')
    .action(async (file: string, _, command: Command) => {
      const { generateKey, hex, keyToPem } = await import('@hearth/s9pk/node');
      const { writeFile } = await import('node:fs/promises');
      const key = generateKey();
      await writeFile(file, keyToPem(key), { mode: 0o600, flag: 'wx' });
      contextOf(command).output.result({ file, publicKey: hex(key.publicKey) }, hex(key.publicKey));
    });
  return [s9pk];
}

const keyOption = (): Option => new Option('-k, --key <file>', 'signing key, PKCS#8 PEM').makeOptionMandatory();
const outOption = (): Option => new Option('-o, --out <file>', 'the archive to be made, instead of the argument');
const orderOption = (fallback: string): Option =>
  new Option('--order <order>', 'order of files').choices(['name', 'priority']).default(fallback);
const compatOption = (): Option => new Option('--compat', 'take what other readers take, though it is not sound');
const commitmentOption = (): Option =>
  new Option('--commitment <hex>', 'refuse any archive but this: root sighash, optionally :maximum size');

async function readKey(path: string): Promise<SigningKey> {
  const { keyFromPem } = await import('@hearth/s9pk/node');
  return keyFromPem(Buffer.from(await readNamed(path)).toString('utf8'));
}

/** Opens, runs, closes. */
async function withArchive<T>(
  context: Context,
  file: string,
  flags: OpenFlags,
  work: (archive: Archive) => Promise<T>,
  tree: 'all' | 'root' = 'all',
): Promise<T> {
  const { HttpSource, limits, openArchive, openFile } = await import('@hearth/s9pk/node');
  const [rootSighash, maximum] = (flags.commitment ?? '').split(':');
  const options: OpenOptions = {
    tree,
    mode: flags.compat === true ? 'compat' : 'strict',
    signal: context.signal,
    ...(rootSighash && { commitment: { rootSighash, rootMaxsize: Number(maximum ?? limits.rootMaxsize) } }),
  };
  const remote = /^https?:\/\//.test(file);
  const source = remote ? await HttpSource.open(file, { signal: context.signal }) : null;
  const archive = await (source === null ? openFile(file, options) : openArchive(source, options));
  try {
    return await work(archive);
  } finally {
    await archive.close();
  }
}

/** Runs long work beside a progress bar. */
async function watched<T>(
  context: Context,
  label: string,
  work: (progress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const bar = context.output.bar();
  bar.say(label);
  try {
    return await work(bar.update);
  } finally {
    bar.end();
  }
}

function packCommand(contextOf: ContextOf): Command {
  return new Command('pack')
    .description('pack a folder into a signed archive')
    .argument('<folder>')
    .argument('[out]', 'the archive to be made')
    .addOption(outOption())
    .addOption(keyOption())
    .addOption(orderOption('name'))
    .option('--check', 'refuse what is not a complete package; without it, only warn')
    .action(async (folder: string, out: string | undefined, flags, command: Command) => {
      const context = contextOf(command);
      const file = destination(command, out, flags.out);
      const { openFile, packArchive, treeOf } = await import('@hearth/s9pk/node');
      const { rm } = await import('node:fs/promises');
      const key = await readKey(flags.key);
      const tree = await treeOf(folder);
      const written = await watched(context, 'Packing', (progress) =>
        packArchive(tree, file, { key, order: flags.order, progress, signal: context.signal }),
      );
      const archive = await openFile(file);
      const problems = await packageProblems(archive).finally(() => archive.close());
      for (const { message } of problems) context.output.note(`warning: ${message}`);
      const [first] = problems;
      if (flags.check === true && first !== undefined) {
        await rm(file);
        throw first;
      }
      context.output.result(
        { file, ...written, problems: problems.map(({ message }) => message) },
        written.commitment.rootSighash,
      );
    });
}

/** What keeps an archive from being a package, as errors. */
async function packageProblems(archive: Archive): Promise<HearthError[]> {
  const { errors, packageFiles } = await import('@hearth/s9pk/node');
  try {
    const { keep } = await packageFiles(archive, null);
    const files = await archive.presentFiles();
    return files.filter(({ path }) => !keep.has(path)).map(({ path }) => errors.packageStray({ path }));
  } catch (error) {
    return [HearthError.from(error)];
  }
}

function destination(command: Command, argument: string | undefined, option: string | undefined): string {
  return argument ?? option ?? command.error("error: missing required argument 'out'", { exitCode: 2 });
}

const looks = ['tree', 'file-tree', 'cat', 'manifest', 'commitment'];

/** `inspect FILE tree`, as packagers have it in their fingers, means `inspect tree FILE`. */
export function inspectOrder(args: readonly string[]): string[] {
  const at = args.indexOf('inspect');
  const [file, look] = args.slice(at + 1, at + 3);
  const swapped = at > 0 && args[at - 1] === 's9pk' && file !== undefined && look !== undefined;
  if (!swapped || looks.includes(file) || !looks.includes(look)) return [...args];
  return args.toSpliced(at + 1, 2, look, file);
}

function inspectCommand(contextOf: ContextOf): Command {
  const inspect = new Command('inspect').description('look into an archive, in a file or behind a URL');
  const look = (name: string, about: string): Command =>
    inspect.command(name).description(about).argument('<file>').addOption(compatOption()).addOption(commitmentOption());
  look('tree', 'list what is in it')
    .alias('file-tree')
    .action(async (file: string, flags: OpenFlags, command: Command) => {
      const context = contextOf(command);
      const listed = await withArchive(context, file, flags, (archive) => archive.list(context.signal));
      const rows = await Promise.all(listed.map(({ path, entry }) => rowOf(path, entry)));
      context.output.result(rows, () =>
        table(rows.map(({ path, type, size, hash }) => [type, bytesText(size), hash.slice(0, 16), printable(path)])),
      );
    });
  look('cat', 'write one file of it to standard output')
    .argument('<path>')
    .action(async (file: string, path: string, flags: OpenFlags, command: Command) => {
      const context = contextOf(command);
      const bytes = await withArchive(
        context,
        file,
        flags,
        (archive) => archive.read(path, { limit: 2 ** 30 }),
        'root',
      );
      if (context.output.json) context.output.result({ path, base64: Buffer.from(bytes).toString('base64') }, '');
      else await context.output.bytes(bytes);
    });
  look('manifest', 'print the manifest').action(async (file: string, flags: OpenFlags, command: Command) => {
    const context = contextOf(command);
    const bytes = await withArchive(context, file, flags, (archive) => archive.manifest(), 'root');
    const manifest = parseJson(Buffer.from(bytes).toString('utf8'), 'the manifest');
    context.output.result(manifest, () => printable(JSON.stringify(manifest, null, 2)));
  });
  look('commitment', 'print what was signed, and by whom').action(
    async (file: string, flags: OpenFlags, command: Command) => {
      const context = contextOf(command);
      const told = await withArchive(
        context,
        file,
        flags,
        ({ commitment, signer }) => Promise.resolve({ ...commitment, signer }),
        'root',
      );
      const text = table([
        ['root sighash', told.rootSighash],
        ['root maximum', String(told.rootMaxsize)],
        ['signer', told.signer],
      ]);
      context.output.result(told, text);
    },
  );
  return inspect;
}

async function rowOf(path: string, entry: Entry): Promise<{ path: string; type: string; size: number; hash: string }> {
  const { hex } = await import('@hearth/s9pk/node');
  return { path, type: entry.type, size: entry.size, hash: hex(entry.hash) };
}

function verifyCommand(contextOf: ContextOf): Command {
  return new Command('verify')
    .description('prove signature, directories and every file')
    .argument('<file>')
    .addOption(compatOption())
    .addOption(commitmentOption())
    .option('--workers <n>', 'threads', '2')
    .option('--package', 'also refuse what is not a complete package')
    .action(async (file: string, flags, command: Command) => {
      const context = contextOf(command);
      const { verifyFile } = await import('@hearth/s9pk/node');
      const workers = Number(flags.workers);
      const outcome = await withArchive(context, file, flags, async (archive) => {
        const proved = await watched(context, 'Verifying', (progress) =>
          verifyFile(archive, { progress, workers, signal: context.signal }),
        );
        const [problem] = flags.package === true ? await packageProblems(archive) : [];
        if (problem !== undefined) throw problem;
        return { ...proved, ...archive.commitment, signer: archive.signer };
      });
      context.output.result(
        { verified: true, ...outcome },
        `good: ${outcome.files} files, ${bytesText(outcome.bytes)}`,
      );
    });
}

function filterCommand(contextOf: ContextOf): Command {
  return new Command('filter')
    .description('write a copy for one architecture; signature and commitment stay')
    .argument('<file>')
    .argument('[out]')
    .addOption(outOption())
    .addOption(new Option('--arch, --architecture <name>', 'x86_64, aarch64, riscv64; without it everything is kept'))
    .addOption(orderOption('priority'))
    .addOption(compatOption())
    .action(async (file: string, out: string | undefined, flags, command: Command) => {
      const context = contextOf(command);
      const target = destination(command, out, flags.out);
      const { filterArchive } = await import('@hearth/s9pk/node');
      const { architecture, order } = flags;
      const written = await withArchive(context, file, flags, (archive) =>
        watched(context, 'Filtering', (progress) =>
          filterArchive(archive, target, {
            ...(architecture && { architecture }),
            order,
            progress,
            signal: context.signal,
          }),
        ),
      );
      context.output.result({ file: target, ...written }, `${target}: ${bytesText(written.size)}`);
    });
}

const gather = (value: string, former: string[]): string[] => [...former, value];

function editCommand(contextOf: ContextOf): Command {
  return new Command('edit')
    .description('write a copy with other files, signed anew')
    .argument('<file>')
    .argument('[out]', 'may be the same file')
    .addOption(outOption())
    .addOption(keyOption())
    .addOption(orderOption('priority'))
    .option('-m, --manifest <file>', 'the new manifest')
    .option('--set <path=file>', 'put a file at a path; may be repeated', gather, [])
    .option('--remove <path>', 'take a file out; may be repeated', gather, [])
    .action(async (file: string, out: string | undefined, flags, command: Command) => {
      const { fileContent } = await import('@hearth/s9pk/node');
      const changes = new Map<string, Content | Uint8Array | null>();
      if (flags.manifest !== undefined) {
        const bytes = await readNamed(flags.manifest);
        // Only looked at, never re-serialised: the bytes are what is signed.
        parseJson(Buffer.from(bytes).toString('utf8'), `"${flags.manifest as string}"`);
        changes.set('manifest.json', bytes);
      }
      for (const pair of flags.set as string[]) {
        const at = pair.indexOf('=');
        if (at < 1) command.error(`error: "${pair}" is not path=file`, { exitCode: 2 });
        changes.set(pair.slice(0, at), await fileContent(pair.slice(at + 1)));
      }
      for (const path of flags.remove as string[]) changes.set(path, null);
      if (changes.size === 0)
        command.error('error: nothing to change: name --manifest, --set or --remove', { exitCode: 2 });
      await resign(contextOf(command), file, destination(command, out, flags.out), changes, flags);
    });
}

function signCommand(contextOf: ContextOf): Command {
  return new Command('sign')
    .description('write a copy signed by another key')
    .argument('<file>')
    .argument('[out]', 'may be the same file')
    .addOption(outOption())
    .addOption(keyOption())
    .addOption(orderOption('priority'))
    .action(async (file: string, out: string | undefined, flags, command: Command) => {
      await resign(contextOf(command), file, destination(command, out, flags.out), new Map(), flags);
    });
}

async function resign(
  context: Context,
  file: string,
  target: string,
  changes: ReadonlyMap<string, Content | Uint8Array | null>,
  flags: { key: string; order: 'name' | 'priority' },
): Promise<void> {
  const { editArchive, hex } = await import('@hearth/s9pk/node');
  const key = await readKey(flags.key);
  const written = await withArchive(context, file, {}, (archive) =>
    watched(context, 'Writing', (progress) =>
      editArchive(archive, target, changes, { key, order: flags.order, progress, signal: context.signal }),
    ),
  );
  context.output.result({ file: target, ...written, signer: hex(key.publicKey) }, written.commitment.rootSighash);
}

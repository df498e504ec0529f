/** The argv forms of `start-container`, read into plain data; nothing of them is ever passed on. */
export interface ExecForm {
  readonly kind: 'exec' | 'launch';
  readonly root: string;
  readonly command: readonly string[];
  readonly user: string | null;
  readonly cwd: string | null;
  /** `KEY=value` lines. */
  readonly env: readonly string[];
  readonly envFile: string | null;
  /** A terminal for it, and how large. */
  readonly terminal: TerminalSize | null;
}
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}
export interface BindForm {
  readonly kind: 'bind';
  readonly source: string;
  readonly target: string;
  readonly file: boolean;
  readonly recursive: boolean;
  readonly readonly: boolean;
  readonly idmap: readonly { readonly fromId: number; readonly toId: number; readonly range: number }[];
}
export type StartContainerForm = ExecForm | BindForm;

/** Flags with a value, in both spellings: `--user=x` and `--user x`. */
function takeFlag(args: string[], names: readonly string[]): { name: string; value: string } | null {
  const [first = ''] = args;
  const at = first.indexOf('=');
  const name = at < 0 ? first : first.slice(0, at);
  if (!names.includes(name)) return null;
  args.shift();
  return { name, value: at < 0 ? (args.shift() ?? '') : first.slice(at + 1) };
}

/** Null: none of the forms there are. */
export function readStartContainer(argv: readonly string[]): StartContainerForm | null {
  const args = [...argv];
  const verb = args.shift();
  if (verb === 'bind-mount') return readBind(args);
  if (verb !== 'subcontainer') return null;
  const form = args.shift();
  if (form === 'exec' || form === 'exec-command') return readExec('exec', args);
  return form === 'launch' || form === 'launch-init' ? readExec('launch', args) : null;
}

const usualSize: TerminalSize = { rows: 24, columns: 80 };

/** `80x24`, `24,80` or `24:80`, as tools write it: columns first with an `x`. */
function sizeOf(text: string): TerminalSize {
  const [first = 0, second = 0] = text.split(/[x,:]/).map(Number);
  const [columns, rows] = text.includes('x') ? [first, second] : [second, first];
  const fits = [rows, columns].every((count) => Number.isInteger(count) && count > 0 && count < 10_000);
  return fits ? { rows, columns } : usualSize;
}

function readExec(kind: 'exec' | 'launch', args: string[]): ExecForm | null {
  const env: string[] = [];
  const single: Record<string, string> = {};
  let terminal: TerminalSize | null = null;
  while (args[0]?.startsWith('-') === true) {
    if (args[0] === '--') {
      args.shift();
      break;
    }
    const flag = takeFlag(args, [
      '--env',
      '-e',
      '--env-file',
      '--user',
      '-u',
      '--workdir',
      '-w',
      '--name',
      '--pty-size',
    ]);
    if (flag === null) {
      if (args.shift() === '--force-tty') terminal ??= usualSize;
    } else if (flag.name === '--pty-size') terminal = sizeOf(flag.value);
    else if (flag.name === '--env' || flag.name === '-e') env.push(flag.value);
    else single[flag.name.replace(/^-u$/, '--user').replace(/^-w$/, '--workdir')] = flag.value;
  }
  const [root, ...command] = args;
  if (root === undefined || (kind === 'exec' && command.length === 0)) return null;
  const given = (name: string): string | null => (single[name] ? single[name] : null);
  return {
    ...{ kind, root, command, env, terminal },
    user: given('--user'),
    cwd: given('--workdir'),
    envFile: given('--env-file'),
  };
}

function readBind(args: string[]): BindForm | null {
  const single: Record<string, string> = {};
  const idmap: { fromId: number; toId: number; range: number }[] = [];
  const switches = new Set<string>();
  while (args.length > 0) {
    const flag = takeFlag(args, ['--source', '--target', '--idmap']);
    if (flag === null) switches.add(args.shift() ?? '');
    else if (flag.name === '--idmap') {
      const [fromId = NaN, toId = NaN, range = NaN] = flag.value.split(':').map(Number);
      if (![fromId, toId, range].every(Number.isSafeInteger)) return null;
      idmap.push({ fromId, toId, range });
    } else single[flag.name] = flag.value;
  }
  const { '--source': source, '--target': target } = single;
  if (source === undefined || target === undefined) return null;
  return {
    kind: 'bind',
    source,
    target,
    file: switches.has('--file'),
    recursive: switches.has('--recursive'),
    readonly: switches.has('--readonly'),
    idmap,
  };
}

/** A shell's simple command: words and quotes. Null for anything a shell would do more with. */
export function splitWords(line: string): string[] | null {
  const words: string[] = [];
  const pattern = /\s*(?:'([^']*)'|"([^"$`\\]*)"|([^\s'"$`\\|&;<>()*?[\]#~{}!]+))(?=\s|$)/y;
  while (pattern.lastIndex < line.trimEnd().length) {
    const match = pattern.exec(line);
    if (match === null) return null;
    words.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return words;
}

/** `hearth package attach`: this terminal in a subcontainer of a service. */
import { Command } from 'commander';
import type { Context } from '../context.ts';
import { readStdin } from '../files.ts';
import type { ContextOf } from '../program.ts';
import { Told } from '../told.ts';
import type { Rpc } from '../rpc.ts';

interface Shown {
  readonly data: string;
  readonly ended: { readonly code: number | null; readonly signal: string | null } | null;
}
type Raw = Pick<NodeJS.ReadStream, 'setRawMode' | 'on' | 'off'>;
interface Terminal {
  readonly id: string;
  readonly attach: string;
}

const waitMs = 20_000;
/** At most this many bytes in one call. */
const pieceBytes = 256 * 1024;
const usual = { rows: 24, columns: 80 };

export function attachCommand(contextOf: ContextOf): Command {
  return new Command('attach')
    .description('open a terminal in a subcontainer of a running service')
    .argument('<id>', 'of the service')
    .argument('[command...]', 'instead of its shell, after --')
    .option('-s, --subcontainer <name>', 'by its name or image; otherwise the first that runs')
    .option('-u, --user <user>', 'who to be, as the image knows users; otherwise root')
    .action(async (id: string, words: string[], flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const { attach } = await box.call<{ attach: string }>('package.attach.open', {
        id,
        ...sizeOf(context),
        ...(words.length > 0 && { command: words }),
        ...(flags.subcontainer !== undefined && { subcontainer: flags.subcontainer }),
        ...(flags.user !== undefined && { user: flags.user }),
      });
      const terminal = { id, attach };
      const code = await follow(context, box, terminal).finally(() => hangUp(box, terminal));
      if (code !== 0) throw new Told(null, code);
    });
}

function sizeOf({ world }: Context): { rows: number; columns: number } {
  const { rows, columns } = world.streams.stdout as { rows?: number; columns?: number };
  // A terminal that does not know its size says 0.
  return { rows: rows || usual.rows, columns: columns || usual.columns };
}

/** Keys go in as they come, one call after the other; what is shown comes out; answers the code it ended with. */
async function follow(context: Context, box: Rpc, terminal: Terminal): Promise<number> {
  const { stdin, stdout } = context.world.streams;
  let queue = Promise.resolve<unknown>(undefined);
  const type = (bytes: Buffer): void => {
    for (let from = 0; from < bytes.length; from += pieceBytes) {
      const data = bytes.subarray(from, from + pieceBytes).toString('base64');
      // A terminal that ended meanwhile says so where it is read.
      queue = queue.then(() => box.call('package.attach.write', { ...terminal, data })).catch(() => undefined);
    }
  };
  const resize = (): void => {
    queue = queue
      .then(() => box.call('package.attach.resize', { ...terminal, ...sizeOf(context) }))
      .catch(() => undefined);
  };
  const raw = stdin.isTTY === true && 'setRawMode' in stdin ? (stdin as unknown as Raw) : null;
  if (raw !== null) {
    raw.setRawMode(true);
    raw.on('data', type);
    process.on('SIGWINCH', resize);
  } else type(Buffer.from(`${await readStdin(context)}\u0004`));
  try {
    for (;;) {
      const { data, ended } = await box.call<Shown>('package.attach.read', { ...terminal, waitMs }, context.signal);
      stdout.write(Buffer.from(data, 'base64'));
      if (ended !== null) return ended.code ?? 1;
    }
  } finally {
    process.off('SIGWINCH', resize);
    raw?.setRawMode(false);
    raw?.off('data', type).pause();
  }
}

async function hangUp(box: Rpc, terminal: Terminal): Promise<void> {
  await box.call('package.attach.close', { ...terminal }).catch(() => undefined);
}

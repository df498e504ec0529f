/** The life of a package from its installation to its end, step by step, without a machine. */
import { manifest as manifestSchema } from '@hearth/contract';
import { secretVolume } from '../script/secrets.ts';
import type { PackageUnderTest } from './package-under-test.ts';

export interface Step {
  readonly name: string;
  /** What is wrong; null: nothing. */
  readonly problem: string | null;
  readonly milliseconds: number;
}

/**
 * Whatever every package must stand: it is installed, its container starts again, forms open, daemons start, it is backed up,
 * stops, is restored and uninstalled. Goes on after a step that failed. What its programs answer is not known here: whether
 * health checks become green is for a test of the package's own.
 */
export async function walkThrough(
  opened: PackageUnderTest,
  tell: (step: Step) => void = () => undefined,
): Promise<Step[]> {
  const { machine, manifest } = opened;
  machine.webUp = true;
  const steps: Step[] = [];
  const step = async (name: string, work: () => unknown): Promise<void> => {
    const began = performance.now();
    const problem = await Promise.resolve()
      .then(work)
      .then(() => null, messageOf);
    const done = { name, problem, milliseconds: performance.now() - began };
    steps.push(done);
    tell(done);
  };
  const exported = () => new Set((machine.named('action.export') as { id: string }[]).map(({ id }) => id));

  await step('the manifest is one a server reads', () => void manifestSchema.parse(manifest));
  await step('it is installed', () => opened.install());
  await step('its container starts again, and nothing is lost', async () => {
    const before = new Map(machine.files);
    await opened.boot();
    for (const path of before.keys())
      if (path.startsWith('/media/startos/volumes/') && !machine.files.has(path)) throw new Error(`${path} is gone`);
  });
  for (const id of exported()) await step(`the form of ${id} opens`, () => opened.form(id));
  await step('its daemons start', () => opened.start());
  if (machine.named('subcontainer.createFs').length > 0)
    await step('the first of them runs', () => opened.until(() => opened.running.length > 0, 'a program runs'));
  await step('no secret stands on a command line', () => refuseSecrets(opened));
  await step('it is backed up', () => opened.backup());
  await step('it stops', async () => {
    await opened.stop();
    const left = opened.running.map(({ argv }) => argv.slice(6).join(' '));
    if (left.length > 0) throw new Error(`Still there: ${left.join(', ')}`);
  });
  await step('it is restored', () => opened.restore());
  await step('it is uninstalled', () => opened.leave(null));
  return steps;
}

/** Errors of a script may be of a world of their own, which `instanceof` does not know. */
function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

/** The program, after the words that bring it into its subcontainer. */
function commandOf(argv: readonly string[]): string {
  const at = argv.findIndex((word) => word.startsWith('/sub/'));
  return argv[at + 1] ?? argv[0] ?? '';
}

function refuseSecrets({ machine }: PackageUnderTest): void {
  const folder = `/media/startos/volumes/${secretVolume}/`;
  for (const [path, secret] of machine.files) {
    if (!path.startsWith(folder)) continue;
    for (const { argv } of machine.programs) {
      // Variables of a program are its own; its arguments are for everybody to see.
      const seen = argv.filter((word) => !word.startsWith('--env=')).find((word) => word.includes(secret));
      if (seen !== undefined)
        throw new Error(`Secret ${path.slice(folder.length)} is an argument of ${commandOf(argv)}`);
    }
  }
}

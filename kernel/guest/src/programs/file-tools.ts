/**
 * The few programs of the base system a script may run itself: tools for files, on its own files only.
 *
 * Every path among their arguments is opened first and handed over by its descriptor.
 */
import { closeSync } from 'node:fs';
import { containerLayout, type Paths } from '../files/paths.ts';
import { shapeOfError } from '../files/error.ts';
import type { Ongoing, Tell } from '../serve/sandbox.ts';
import { knowsInPlace, wishesInPlace } from './attributes.ts';
import { Child } from './child.ts';
import { operand } from './operand.ts';
import type { Pipes } from './pipes.ts';
import { plainEnvironment } from './run.ts';

/** By tool: whether its first operand is no path. */
const tools: Record<string, { readonly leading: number }> = {
  rsync: { leading: 0 },
  chattr: { leading: 1 },
  chown: { leading: 1 },
  chmod: { leading: 1 },
  sync: { leading: 0 },
};

interface Parts {
  readonly paths: Paths;
  readonly pipes: Pipes;
  readonly log: (text: string) => void;
}

/** Null: no such tool. */
export function fileTool(
  name: string,
  args: readonly string[],
  stdio: readonly string[],
  parts: Parts,
  tell: Tell,
): Ongoing | null {
  const tool = tools[name];
  if (tool === undefined) return null;
  const held: number[] = [];
  let left = tool.leading;
  try {
    const safe = args.map((arg) => {
      if (arg.startsWith('--reference') || arg.startsWith('--from')) throw new Error(`${name} ${arg} is not provided`);
      if (arg.startsWith('-') || (name === 'chattr' && /^[+=][a-zA-Z]+$/.test(arg))) {
        if (name === 'chattr') left = Math.max(0, left - 1);
        return arg;
      }
      if (left > 0) {
        left -= 1;
        return arg;
      }
      return operand(arg, parts.paths, held);
    });
    const granted = name === 'chattr' && wishesInPlace(args) && !knowsInPlace(containerLayout.volumes);
    const child = new Child(
      {
        file: granted ? 'true' : name,
        args: granted ? [] : safe,
        env: plainEnvironment,
        stdio,
        log: parts.log,
        signal: (signal, wrapper) => void wrapper.kill(signal),
      },
      parts.pipes,
      tell,
    );
    void child.ended.then(() => held.forEach((descriptor) => closeSync(descriptor)));
    return child;
  } catch (error) {
    for (const descriptor of held) closeSync(descriptor);
    setImmediate(() => tell('failed', shapeOfError(error), undefined, true));
    return { close: () => undefined };
  }
}

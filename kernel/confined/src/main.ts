/**
 * The process of one confined plugin: one isolate, and messages between it and the kernel. It starts in the world that
 * confine.pl made and holds nothing worth stealing: what leads out are its standard input and output.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as IsolatedVm from 'isolated-vm';
import type { KernelFrame } from '@hearth/contract';
import { frameOf, framesOf, largestFrame } from '@hearth/contract/confined/frames';

const here = import.meta.dirname;
/** Loaded by its path: there is nothing to search here, and Node may read this one folder only. */
const { ivm } = createRequire(import.meta.url)(join(here, 'isolated-vm.node')) as { readonly ivm: typeof IsolatedVm };

/** Bytes that may wait for the kernel. A plugin that says more than the kernel hears is told so. */
const mostWaiting = 8 * 1024 * 1024;
/** Of the script's own evaluation; what runs on after that, the kernel sees to. Milliseconds. */
const evaluationMs = 10_000;

type Load = Extract<KernelFrame, { readonly do: 'load' }>;
type Text = IsolatedVm.Reference<(text: string) => void>;

function send(text: string): void {
  const frame = frameOf(text);
  if (frame.length > largestFrame) throw new Error('Cannot send the message: it is too large');
  if (process.stdout.writableLength > mostWaiting) throw new Error('Cannot send the message: too many are waiting');
  process.stdout.write(frame);
}

async function load({ script, memory, start }: Load): Promise<Text> {
  // A broken isolate takes its process along: the kernel starts another.
  const isolate = new ivm.Isolate({ memoryLimit: memory, onCatastrophicError: () => process.abort() });
  const context = await isolate.createContext();
  await context.global.set('__send', new ivm.Callback(send, { sync: true }));
  const insideText = readFileSync(join(here, 'inside.js'), 'utf8');
  const inside = (await context.eval(insideText, {
    filename: 'hearth:inside',
    reference: true,
  })) as IsolatedVm.Reference<{
    receive: (text: string) => void;
  }>;
  const receive: Text = await inside.get('receive', { reference: true });
  const compiled = await isolate.compileScript(`(function (module, exports) {\n${script}\n})`, {
    filename: 'plugin.js',
    lineOffset: -1,
  });
  const factory: IsolatedVm.Reference = await compiled.run(context, { reference: true, timeout: evaluationMs });
  await context.evalClosure(
    `const module = { exports: {} };
     void $0.begin(() => { $1(module, module.exports); return module.exports; }, JSON.parse($2));`,
    [inside.derefInto(), factory.derefInto(), JSON.stringify(start)],
    { timeout: evaluationMs },
  );
  return receive;
}

async function serve(): Promise<void> {
  let receive: Text | null = null;
  for await (const text of framesOf(process.stdin, largestFrame * 8)) {
    if (receive === null) receive = await load(JSON.parse(text) as Load);
    else receive.applyIgnored(undefined, [text]);
  }
}

try {
  await serve();
  process.exit(0);
} catch (error) {
  send(JSON.stringify({ fault: String(error instanceof Error ? error.message : error).slice(0, 2000) }));
  process.exitCode = 1;
}

/** The tutorial for authors of plugins, taken apart: what a reader types, and what a reader writes into files. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export type Step =
  | { readonly kind: 'command'; readonly words: readonly string[]; readonly line: string }
  | { readonly kind: 'file'; readonly path: string; readonly text: string; readonly merge: boolean };

const page = resolve(import.meta.dirname, '../../sdk/docs/write-a-plugin.md');
const block = /^```(sh|(json-merge|json|ts|html) (\S+))\n([\s\S]*?)^```$/gm;

/** In the order of the page. */
export function tutorialSteps(): readonly Step[] {
  return [...readFileSync(page, 'utf8').matchAll(block)].flatMap(([, , kind, path, text = '']): Step[] => {
    if (kind !== undefined && path !== undefined) return [{ kind: 'file', path, text, merge: kind === 'json-merge' }];
    return text
      .trim()
      .split('\n')
      .map((line) => ({ kind: 'command', line, words: wordsOf(line) }));
  });
}

/** As a shell would, for what the page uses: spaces, and single quotes around JSON. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

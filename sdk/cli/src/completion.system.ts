/** Completion, as the three shells do it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hearth } from './testing/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'hearth-completion-'));
const scriptOf = (shell: string) => join(folder, `completion.${shell}`);

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await hearth(['completion', shell], { settings: join(folder, 'settings') });
    writeFileSync(scriptOf(shell), out);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const cases: [string, string[]][] = [
  ['hearth s9pk inspect ', ['cat', 'commitment', 'manifest', 'tree']],
  ['hearth --json db sn', ['snapshot']],
  ['hearth call package.uni', ['package.uninstall']],
  ['hearth call package.uninstall --so', ['--soft']],
];

/** In an interactive shell on a terminal of its own: Tab is pressed, and what is offered is written down. */
const zshAsks = `
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "PROMPT=; autoload -Uz compinit; compinit -u -d $2/dump; source $1; bindkey '^I' complete-word"
zpty -w inner 'compadd() { local -a got; builtin compadd -O got "$@"; (( $#got )) && print -r -- "<<\${(j: :)got}>>"; builtin compadd "$@" }'
zpty -w inner 'print "rea""dy"'
zpty -r inner out '*ready*'
zpty -w -n inner "$3"$'\t'
zpty -r inner out '*>>*'
print -r -- "$out"
zpty -d inner
`;

const offers: Record<string, (line: string) => string[]> = {
  bash(line) {
    const words = line.split(' ');
    const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hearth; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return lines('bash', ['-c', ask, 'bash', scriptOf('bash'), ...words]);
  },
  fish(line) {
    const told = lines('fish', ['--no-config', '-c', `source $argv[1]; complete -C $argv[2]`, scriptOf('fish'), line]);
    return told.map((row) => row.split('\t')[0] ?? '');
  },
  zsh(line) {
    const out = lines('zsh', ['-f', '-c', zshAsks, 'zsh', scriptOf('zsh'), folder, line]).join('\n');
    return [...out.matchAll(/<<(.*?)>>/g)].flatMap(([, words = '']) => words.split(' ').filter(Boolean));
  },
};

function lines(file: string, args: readonly string[]): string[] {
  const env = { ...process.env, HOME: folder, TERM: 'dumb' };
  return execFileSync(file, args, { encoding: 'utf8', timeout: 60_000, env }).split('\n').filter(Boolean);
}

describe.each(Object.keys(offers))('%s completes', (shell) => {
  test.each(cases)('"%s"', (line, offered) => {
    expect(offers[shell]?.(line).sort()).toEqual(offered);
  });
});

test('where nothing fits, bash offers nothing', () => {
  expect(offers['bash']?.('hearth nothing ')).toEqual([]);
});

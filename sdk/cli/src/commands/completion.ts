/** `hearth completion`: what a shell needs to complete commands and options. */
import { Argument, Command } from 'commander';
import type { ContextOf } from '../program.ts';

interface Place {
  /** Words so far: `s9pk inspect`. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly about: string }[];
}

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export function completionCommand(root: Command, contextOf: ContextOf): Command {
  const how = `
bash: source <(hearth completion bash)   zsh: source <(hearth completion zsh)   fish: hearth completion fish | source`;
  return new Command('completion')
    .description('print completions for bash, zsh or fish')
    .addArgument(new Argument('[shell]', 'which').choices(Object.keys(shells)).default('bash'))
    .addHelpText('after', how)
    .action((shell: keyof typeof shells, _, command: Command) => {
      const script = shells[shell]([...placesOf(root, '')]);
      contextOf(command).output.result({ shell, script }, script);
    });
}

function* placesOf(command: Command, path: string): Generator<Place> {
  const options = command.options.flatMap(({ long, description }) =>
    long === undefined ? [] : [{ word: long, about: description }],
  );
  const below = command.commands.map((child) => ({ word: child.name(), about: child.description() }));
  yield { path, words: [...below, ...options] };
  for (const child of command.commands) yield* placesOf(child, path === '' ? child.name() : `${path} ${child.name()}`);
}

function bashScript(places: readonly Place[]): string {
  const cases = places.map(
    ({ path, words }) => `    ${JSON.stringify(path)}) words="${words.map(({ word }) => word).join(' ')}" ;;`,
  );
  return `_hearth() {
  local path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases.join('\n')}
    *) COMPREPLY=(); return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _hearth hearth`;
}

function zshScript(places: readonly Place[]): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const cases = places.map(({ path, words }) => {
    const rows = (options: boolean) =>
      words
        .filter(({ word }) => word.startsWith('-') === options)
        .map(({ word, about }) => quoted(`${word.replaceAll(':', '\\:')}:${about}`))
        .join(' ');
    return `    ${quoted(path)}) commands=(${rows(false)}); options=(${rows(true)}) ;;`;
  });
  return `#compdef hearth
_hearth() {
  local place="" word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $word == -* ]] || place="\${place:+$place }$word"
  done
  case "$place" in
${cases.join('\n')}
    *) _files; return ;;
  esac
  # Options only where the word begins with a dash.
  _describe -t commands 'command' commands
  _describe -o 'option' options
}
if (( ! $+functions[compdef] )); then autoload -Uz compinit && compinit; fi
compdef _hearth hearth`;
}

function fishScript(places: readonly Place[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const rows = places.flatMap(({ path, words }) =>
    words.map(({ word, about }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c hearth -n ${quoted(`__hearth_at ${path}`.trim())} ${what} -d ${quoted(about)}`;
    }),
  );
  return `function __hearth_at
  set -l place
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; or set -a place $word
  end
  test "$place" = "$argv"
end
complete -c hearth -e
${rows.join('\n')}`;
}

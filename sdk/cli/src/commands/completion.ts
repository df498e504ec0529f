/** `hearth completion`: what a shell needs to complete commands and options. */
import { Command } from 'commander';
import type { ContextOf } from '../program.ts';

export function completionCommand(root: Command, contextOf: ContextOf): Command {
  return new Command('completion')
    .description('print completions for bash or zsh: source <(hearth completion bash)')
    .argument('[shell]', 'bash or zsh', 'bash')
    .action((shell: string, _, command: Command) => {
      if (shell !== 'bash' && shell !== 'zsh')
        command.error(`error: completions for "${shell}" are not known`, { exitCode: 2 });
      const words = [...wordsOf(root, '')];
      const cases = words
        .map(([path, options]) => `    ${JSON.stringify(path)}) words="${options.join(' ')}" ;;`)
        .join('\n');
      const script = `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_hearth() {
  local path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases}
    *) COMPREPLY=(); return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _hearth hearth`;
      contextOf(command).output.result({ shell, script }, script);
    });
}

function* wordsOf(command: Command, path: string): Generator<[path: string, words: string[]]> {
  const options = command.options.flatMap((option) => (option.long === undefined ? [] : [option.long]));
  yield [path, [...command.commands.map((child) => child.name()), ...options]];
  for (const child of command.commands) yield* wordsOf(child, path === '' ? child.name() : `${path} ${child.name()}`);
}

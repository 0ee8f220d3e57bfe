// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shells' own variables
import type { FlagSpec } from '../config/parameter.ts';
import type { CompletedFlag } from './command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command as completion needs it; `words` may take the place of a file. */
export interface CompletedCommand extends Pick<CompletedFlag, 'text' | 'words'> {
  readonly name: string;
  readonly flags: readonly CompletedFlag[];
}

/** A flag with its negation and its short form, and what may follow it. */
export function completeFlag({ flag, short, type, help }: FlagSpec): CompletedFlag[] {
  const isChoice = type.label.includes('|') && type.allowed.replace(/, /g, '|') === type.label;
  const isSwitch = type.arity === 'switch';
  const path = /the path of a folder/.test(type.allowed)
    ? 'folder'
    : /the path of/.test(type.allowed)
      ? 'file'
      : 'word';
  const takes = isSwitch ? 'nothing' : path;
  const base = { text: help, words: isChoice ? type.label.split('|') : [], takes } as const;
  const hasNegation = isSwitch && !flag.startsWith('no-');
  return [
    { ...base, flag: `--${flag}` },
    ...(hasNegation ? [{ ...base, flag: `--no-${flag}` }] : []),
    ...(short === undefined ? [] : [{ ...base, flag: `-${short}` }]),
  ];
}

/** The completion script of a shell, made from the commands and their flags; ends with a line feed. */
export function renderCompletion(shell: Shell, commands: readonly CompletedCommand[]): string {
  return `${{ bash: renderBash, zsh: renderZsh, fish: renderFish }[shell](commands).join('\n')}\n`;
}

function renderBash(commands: readonly CompletedCommand[]): string[] {
  const names = commands.map(({ name }) => name);
  const values = commands.flatMap(({ name, flags }) =>
    flags
      .filter(({ takes }) => takes !== 'nothing')
      .map(({ flag, words, takes }) => {
        const kind = takes === 'folder' ? '-d' : takes === 'file' ? '-f' : `-W '${words.join(' ')}'`;
        return `    ${name}:${flag}) what=(${kind}) ;;`;
      }),
  );
  const lists = commands.map(
    ({ name, flags, words }) =>
      `    ${name}) flags='${[...flags.map(({ flag }) => flag), '--help'].join(' ')}' words='${words.join(' ')}' ;;`,
  );
  return [
    '# eval "$(k6-llm-perf completion bash)" in ~/.bashrc',
    '_k6_llm_perf() {',
    "  local IFS=$' \\t\\n' word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=run flags words what=()",
    '  # Bash takes --flag=value for three words.',
    '  if [[ $word == = ]]; then word=; elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi',
    '  COMPREPLY=()',
    '  if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then',
    `    COMPREPLY=($(compgen -W '${names.join(' ')}' -- "$word"))`,
    '    return',
    '  fi',
    `  case \${COMP_WORDS[1]} in ${names.join('|')}) command=\${COMP_WORDS[1]} ;; esac`,
    '  case $command in',
    ...lists,
    '  esac',
    '  case $command:$before in',
    ...values,
    '  esac',
    '  if [[ ${#what[@]} -eq 0 && $word == -* ]]; then',
    '    COMPREPLY=($(compgen -W "$flags" -- "$word"))',
    '    return',
    '  fi',
    '  if [[ ${#what[@]} -eq 0 ]]; then what=(-f -W "$words"); fi',
    '  if [[ ${what[0]} != -W ]]; then compopt -o filenames 2>/dev/null; fi',
    '  IFS=$\'\\n\' read -r -d \'\' -a COMPREPLY < <(compgen "${what[@]}" -- "$word")',
    '}',
    'complete -F _k6_llm_perf k6-llm-perf',
  ];
}

function renderZsh(commands: readonly CompletedCommand[]): string[] {
  const quote = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;
  const describe = (text: string): string => text.replace(/[[\]\\:]/g, '\\$&');
  const action = ({ words, takes }: CompletedFlag): string =>
    ({ nothing: '', folder: ':folder:_files -/', file: ':file:_files', word: `:value:(${words.join(' ')})` })[takes];
  return [
    '#compdef k6-llm-perf',
    '# eval "$(k6-llm-perf completion zsh)" in ~/.zshrc, after compinit',
    '_k6_llm_perf() {',
    '  local command=run',
    '  local -a commands',
    `  commands=(${commands.map(({ name, text }) => quote(`${name}:${text}`)).join(' ')})`,
    '  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then',
    '    _describe command commands',
    '    return',
    '  fi',
    `  case $words[2] in (${commands.map(({ name }) => name).join('|')}) command=$words[2]; shift words; (( CURRENT-- )) ;; esac`,
    '  case $command in',
    ...commands.map(({ name, flags, words }) => {
      const rows = flags.map((flag) => quote(`*${flag.flag}[${describe(flag.text)}]${action(flag)}`));
      const rest = words.length === 0 ? "'*:file:_files'" : `'*:name:(${words.join(' ')})'`;
      return `    (${name}) _arguments -S ${[...rows, "'--help[show the help]'", rest].join(' ')} ;;`;
    }),
    '  esac',
    '}',
    'if (( $+functions[compdef] )); then compdef _k6_llm_perf k6-llm-perf; fi',
  ];
}

function renderFish(commands: readonly CompletedCommand[]): string[] {
  const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const others = commands.map(({ name }) => name).filter((name) => name !== 'run');
  return [
    '# k6-llm-perf completion fish > ~/.config/fish/completions/k6-llm-perf.fish',
    ...commands.map(
      ({ name, text }) => `complete -c k6-llm-perf -n __fish_use_subcommand -f -a ${name} -d ${quote(text)}`,
    ),
    ...commands.flatMap(({ name, flags, words }) => {
      const when = quote(
        name === 'run' ? `not __fish_seen_subcommand_from ${others.join(' ')}` : `__fish_seen_subcommand_from ${name}`,
      );
      const rows = flags.map(({ flag, text, words: values, takes }) => {
        const named = flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
        const value = {
          nothing: '',
          folder: " -x -a '(__fish_complete_directories)'",
          file: ' -r -F',
          word: ` -x -a ${quote(values.join(' '))}`,
        }[takes];
        return `complete -c k6-llm-perf -n ${when} ${named}${value} -d ${quote(text)}`;
      });
      return words.length === 0 ? rows : [...rows, `complete -c k6-llm-perf -n ${when} -a ${quote(words.join(' '))}`];
    }),
  ];
}

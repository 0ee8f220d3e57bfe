import type { Command, CommandHelp, CommandTable } from '../command.ts';
import { completeFlag, renderCompletion, SHELLS } from '../completion.ts';
import { forPrograms } from '../support/fit-terminal.ts';
import { CommandError } from '../support/output.ts';

const HELP: CommandHelp = {
  usage: 'k6-llm-perf completion bash|zsh|fish',
  examples: [
    'eval "$(k6-llm-perf completion bash)"',
    'eval "$(k6-llm-perf completion zsh)"',
    'k6-llm-perf completion fish | source',
  ],
  about:
    "Prints the script that lets a shell complete commands, flags, their values and files. Put the line into the shell's own file (~/.bashrc, ~/.zshrc after compinit, ~/.config/fish/config.fish) to have it in every session.",
  flags: [],
  choices: SHELLS,
};

export function createCompletion(commands: CommandTable): { readonly command: Command } {
  const command: Command = {
    help: HELP,
    async run([shell], process) {
      const known = SHELLS.find((name) => name === shell);
      if (known === undefined) {
        throw new CommandError('completion takes one of bash, zsh, fish\n  try: k6-llm-perf completion bash');
      }
      const completed = Object.entries(commands).map(async ([name, { text, load }]) => {
        const { flags, moreFlags = [], choices = [] } = (await load()).command.help;
        return { name, text, flags: [...flags.flatMap(completeFlag), ...moreFlags], words: choices };
      });
      process.stdout.write(forPrograms(renderCompletion(known, await Promise.all(completed))));
      return 0;
    },
  };
  return { command };
}

import { Argument, Command } from 'commander';
import { bashCompletion } from '../../completion/bash.ts';
import { fishCompletion } from '../../completion/fish.ts';
import { type Place, placesOf } from '../../completion/places.ts';
import { zshCompletion } from '../../completion/zsh.ts';
import type { Context } from '../../context.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

type Shell = keyof typeof shells;

export function completionCommand({ output }: Context): Command {
  return new Command('completion')
    .description('print a script that completes commands, options and their values in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(shells)))
    .action((shell: Shell, _options: unknown, command: Command) => {
      const places: Place[] = placesOf(command.parent ?? command);
      const script = shells[shell](places);
      output.result({ shell, script }, () => script.trimEnd());
    });
}

import { Command } from 'commander';
import { configKey, configNames } from '../../config-file.ts';
import type { Context } from '../../context.ts';
import { checkSetting } from '../../settings.ts';
import { certificatesIn } from '../../trusted-authorities.ts';

export function configSetCommand({ configFile, output }: Context): Command {
  return new Command('set')
    .description('keep a setting in the configuration file')
    .argument('<name>', configNames)
    .argument('<value>')
    .action(async (name: string, given: string) => {
      const key = configKey(name);
      const value = checkSetting(key, given, 'the command line');
      if (key === 'ca_file') await certificatesIn({ path: value, source: key });
      await configFile.set(key, value);
      output.result(
        { name: key, value, file: configFile.path },
        () => `${key} is now ${value} (${configFile.path}).`,
      );
    });
}

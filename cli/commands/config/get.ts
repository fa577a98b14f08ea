import { Command } from 'commander';
import { configKey, configKeys, configNames } from '../../config-file.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { readSetting } from '../../settings.ts';
import { textTable } from '../../text/table.ts';

export function configGetCommand({ configFile, env, output }: Context): Command {
  return new Command('get')
    .description('print one setting, or all with their sources')
    .argument('[name]', configNames)
    .action(async (name: string | undefined) => {
      if (name === undefined) {
        const names = Object.keys(configKeys).map(configKey);
        const found = await Promise.all(names.map((key) => readSetting(key, { configFile, env })));
        const settings = names.map((key, n) => ({
          name: key,
          value: found[n]?.value ?? null,
          source: found[n]?.source ?? null,
        }));
        const rows = settings.map((one) => [one.name, one.value ?? '(not set)', one.source ?? '']);
        output.result({ settings }, () =>
          textTable({ head: ['NAME', 'VALUE', 'FROM'], rows, width: output.width }),
        );
        return;
      }
      const key = configKey(name);
      const setting = await readSetting(key, { configFile, env });
      if (!setting) {
        throw new Failure('failed', 'not_set', `${key} is not set.`, {
          hint: `Set it with \`openclaw config set ${key} <value>\`.`,
        });
      }
      output.result({ name: key, ...setting }, () => setting.value);
    });
}

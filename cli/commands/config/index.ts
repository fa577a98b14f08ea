import type { CommandGroup } from '../command-group.ts';
import { configGetCommand } from './get.ts';
import { configSetCommand } from './set.ts';

export const configCommands: CommandGroup = {
  name: 'config',
  about: 'where the gateway is',
  commands: [configSetCommand, configGetCommand],
};

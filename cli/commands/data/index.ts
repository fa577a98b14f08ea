import type { CommandGroup } from '../command-group.ts';
import { dataClassifyCommand } from './classify.ts';

export const dataCommands: CommandGroup = {
  name: 'data',
  about: 'how confidential data is',
  commands: [dataClassifyCommand],
};

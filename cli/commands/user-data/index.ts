import type { CommandGroup } from '../command-group.ts';
import { userDataEraseCommand } from './erase.ts';
import { userDataErasureCommand } from './erasure.ts';
import { userDataExportCommand } from './export.ts';

export const userDataCommands: CommandGroup = {
  name: 'user-data',
  about: 'what is stored about a person',
  commands: [userDataExportCommand, userDataEraseCommand, userDataErasureCommand],
};

import type { CommandGroup } from '../command-group.ts';
import { keysStatusCommand } from './status.ts';

export const keysCommands: CommandGroup = {
  name: 'keys',
  about: 'the keys that data is encrypted with, for the operator',
  commands: [keysStatusCommand],
};

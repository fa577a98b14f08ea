import type { CommandGroup } from '../command-group.ts';
import { holdListCommand } from './list.ts';
import { holdPlaceCommand } from './place.ts';
import { holdReleaseCommand } from './release.ts';

export const holdCommands: CommandGroup = {
  name: 'hold',
  about: 'legal holds',
  commands: [holdListCommand, holdPlaceCommand, holdReleaseCommand],
};

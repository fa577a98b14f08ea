import type { CommandGroup } from '../command-group.ts';
import { sessionsListCommand } from './list.ts';
import { sessionsRevokeCommand } from './revoke.ts';

export const sessionsCommands: CommandGroup = {
  name: 'sessions',
  about: 'browsers that are signed in',
  commands: [sessionsListCommand, sessionsRevokeCommand],
};

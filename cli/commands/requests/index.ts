import type { CommandGroup } from '../command-group.ts';
import { requestsListCommand } from './list.ts';
import { requestsResolveCommand } from './resolve.ts';
import { requestsShowCommand } from './show.ts';
import { requestsWithdrawCommand } from './withdraw.ts';

export const requestsCommands: CommandGroup = {
  name: 'requests',
  about: 'what you asked for',
  commands: [requestsListCommand, requestsShowCommand, requestsWithdrawCommand, requestsResolveCommand],
};

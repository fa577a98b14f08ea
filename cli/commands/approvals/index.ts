import type { CommandGroup } from '../command-group.ts';
import { approvalsApproveCommand } from './approve.ts';
import { approvalsListCommand } from './list.ts';
import { approvalsRejectCommand } from './reject.ts';
import { approvalsShowCommand } from './show.ts';

export const approvalsCommands: CommandGroup = {
  name: 'approvals',
  about: 'what waits for a person',
  commands: [approvalsListCommand, approvalsShowCommand, approvalsApproveCommand, approvalsRejectCommand],
};

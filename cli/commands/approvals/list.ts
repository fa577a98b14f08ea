import { Command, Option } from 'commander';
import type { ApprovalState } from '#domain/approval/approval.ts';
import { approvalStates } from '#domain/approval/approval.ts';
import { listApprovals } from '#domain/approval/calls.ts';
import type { Context } from '../../context.ts';
import { approvalListText } from '../../text/approval-text.ts';

interface ListOptions {
  state?: ApprovalState;
}

export function approvalsListCommand({ connect, output }: Context): Command {
  return new Command('list')
    .description('approvals that you may decide or that your requests wait for')
    .addOption(new Option('--state <state>', 'only those').choices(approvalStates))
    .action(async ({ state }: ListOptions) => {
      const { call } = await connect();
      const list = await call(listApprovals, { query: { state } });
      output.result(list, () => approvalListText(list.approvals, output.width));
    });
}

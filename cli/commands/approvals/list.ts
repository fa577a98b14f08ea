import { Command, Option } from 'commander';
import { approvalStates } from '#domain/approval/approval.ts';
import type { Context } from '../../context.ts';
import { approvalListText } from '../../text/approval-text.ts';

interface ListOptions {
  state?: string;
}

export function approvalsListCommand({ connect, output }: Context): Command {
  return new Command('list')
    .description('approvals that you may decide or that your requests wait for')
    .addOption(new Option('--state <state>', 'only those').choices(approvalStates))
    .action(async ({ state }: ListOptions) => {
      const { api } = await connect();
      const list = await api.approvals({ state });
      output.result(list, () => approvalListText(list.approvals, output.width));
    });
}

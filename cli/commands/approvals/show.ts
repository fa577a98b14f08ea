import { Command } from 'commander';
import { getApproval } from '#domain/approval/calls.ts';
import type { Context } from '../../context.ts';
import { approvalText } from '../../text/approval-text.ts';

export function approvalsShowCommand({ connect, output }: Context): Command {
  return new Command('show')
    .description('who asks for what exactly, why it needs a person, by which policy')
    .argument('<id>', 'apr_…')
    .action(async (id: string) => {
      const { call } = await connect();
      const view = await call(getApproval, { params: { id } });
      output.result(view, () => approvalText(view, output.colors));
    });
}

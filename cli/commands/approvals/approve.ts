import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { decideApproval } from '../../decide-approval.ts';

interface ApproveOptions {
  reason?: string;
  digest?: string;
  yes: boolean;
}

export function approvalsApproveCommand(context: Context): Command {
  return new Command('approve')
    .description('read an approval and agree to exactly that')
    .argument('<id>', 'apr_…')
    .option('--reason <text>', 'why; it goes to the audit log')
    .option('--digest <hex>', 'only if it is still this one, for example from `approvals show --json`')
    .option('-y, --yes', 'do not ask', false)
    .action((id: string, options: ApproveOptions) =>
      decideApproval(context, { id, decision: 'approve', ...options }),
    );
}

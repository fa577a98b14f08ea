import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { decideApproval } from '../../decide-approval.ts';

interface RejectOptions {
  reason: string;
  digest?: string;
  yes: boolean;
}

export function approvalsRejectCommand(context: Context): Command {
  return new Command('reject')
    .description('refuse an approval; the requester sees the reason')
    .argument('<id>', 'apr_…')
    .requiredOption('--reason <text>', 'why; the requester sees it')
    .option('--digest <hex>', 'only if it is still this one, for example from `approvals show --json`')
    .option('-y, --yes', 'do not ask', false)
    .action((id: string, options: RejectOptions) =>
      decideApproval(context, { id, decision: 'reject', ...options }),
    );
}

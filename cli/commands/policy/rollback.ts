import { Command } from 'commander';
import { changePolicy, versionInForce } from '../../change-policy.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';

interface RollbackOptions {
  to: number;
  reason: string;
  yes: boolean;
}

export function policyRollbackCommand(context: Context): Command {
  return new Command('rollback')
    .description('make a new version with the content of an older one')
    .argument('<id>', 'pol_…')
    .requiredOption('--to <n>', 'the version whose content comes back', countOption)
    .requiredOption('--reason <text>', 'why; it goes to the audit log')
    .option('-y, --yes', 'do not ask', false)
    .action((id: string, { to, reason, yes }: RollbackOptions) =>
      changePolicy(context, {
        id,
        yes,
        compareWith: versionInForce,
        proposed: async (newest, api) => {
          const { name, rules, may_grant } = await api.policy(newest.id, to);
          return { name, rules, may_grant };
        },
        impact: (_newest, _content, { status }) => (status === 'active' ? { to_version: to } : null),
        question: (_newest, { status }) =>
          status === 'active' ? 'This holds at once. Go back to it?' : 'Go back to it, as a draft?',
        send: (api, newest, ifMatch, _content, digest) =>
          api.rollbackPolicy(newest.id, { to_version: to, change_reason: reason, ...digest }, ifMatch),
      }),
    );
}

import { Command } from 'commander';
import { changePolicy } from '../../change-policy.ts';
import type { Context } from '../../context.ts';
import { plainLine } from '../../terminal-text.ts';

export function policyDeprecateCommand(context: Context): Command {
  return new Command('deprecate')
    .description('end a policy for good; its versions stay readable')
    .argument('<id>', 'pol_…')
    .requiredOption('--reason <text>', 'why; it goes to the audit log')
    .option('-y, --yes', 'do not ask', false)
    .action((id: string, { reason, yes }: { reason: string; yes: boolean }) =>
      changePolicy(context, {
        id,
        yes,
        proposed: async () => null,
        impact: () => ({ deprecate: true }),
        question: ({ name, scope, domain }) =>
          `"${plainLine(name)}" (${domain}, ${scope.level}) ends for good. Go on?`,
        send: (api, newest, ifMatch, _content, digest) =>
          api.deprecatePolicy(newest.id, { change_reason: reason, ...digest }, ifMatch),
      }),
    );
}

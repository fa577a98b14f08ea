import { Argument, Command } from 'commander';
import { governedDomains } from '#domain/policy/rules.ts';
import type { Context } from '../../context.ts';
import { resolvedText } from '../../text/explanation-text.ts';

export function policyResolveCommand({ connect, output }: Context): Command {
  return new Command('resolve')
    .description('what holds in one domain for you, a person or a unit, and by which policies')
    .addArgument(new Argument('<domain>', 'the domain').choices([...governedDomains, 'agent-to-agent']))
    .option('--user <id>', 'for this person')
    .option('--org-unit <unit>', 'for this unit')
    .action(async (domain: string, { user, orgUnit }: { user?: string; orgUnit?: string }) => {
      const { api } = await connect();
      const resolved = await api.resolvePolicy({ domain, user_id: user, org_unit: orgUnit });
      output.result(resolved, () => resolvedText(resolved));
    });
}

import { Argument, Command } from 'commander';
import { resolvePolicy } from '#domain/policy/calls.ts';
import type { ResolveQuery } from '#domain/policy/explain.schema.ts';
import { governedDomains } from '#domain/policy/rules.ts';
import type { Context } from '../../context.ts';
import { resolvedText } from '../../text/explanation-text.ts';

export function policyResolveCommand({ connect, output }: Context): Command {
  return new Command('resolve')
    .description('what holds in one domain for you, a person or a unit, and by which policies')
    .addArgument(new Argument('<domain>', 'the domain').choices([...governedDomains, 'agent-to-agent']))
    .option('--user <id>', 'for this person')
    .option('--org-unit <unit>', 'for this unit')
    .action(
      async (domain: ResolveQuery['domain'], { user, orgUnit }: { user?: string; orgUnit?: string }) => {
        const { call } = await connect();
        const resolved = await call(resolvePolicy, { query: { domain, user_id: user, org_unit: orgUnit } });
        output.result(resolved, () => resolvedText(resolved));
      },
    );
}

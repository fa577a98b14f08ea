import { Command, Option } from 'commander';
import { listPolicies } from '#domain/policy/calls.ts';
import type { PolicyQuery } from '#domain/policy/change.schema.ts';
import { type PolicyLevel, policyLevels } from '#domain/policy/policy.ts';
import { governedDomains } from '#domain/policy/rules.ts';
import type { Context } from '../../context.ts';
import { policyListText } from '../../text/policy-text.ts';

interface ListOptions extends Pick<PolicyQuery, 'domain' | 'status'> {
  level?: PolicyLevel;
  orgUnit?: string;
}

export function policyListCommand({ connect, output }: Context): Command {
  return new Command('list')
    .description('policies that hold for you or are within your reach')
    .addOption(
      new Option('--domain <domain>', 'of this domain').choices([...governedDomains, 'agent-to-agent']),
    )
    .addOption(new Option('--status <status>', 'only those').choices(['draft', 'active', 'deprecated']))
    .addOption(new Option('--level <level>', 'of this level').choices(policyLevels))
    .option('--org-unit <unit>', 'of exactly this unit')
    .action(async ({ domain, status, level, orgUnit }: ListOptions) => {
      const { call } = await connect();
      const list = await call(listPolicies, {
        query: { domain, status, scope_level: level, org_unit: orgUnit },
      });
      output.result(list, () => policyListText(list.policies, output.width));
    });
}

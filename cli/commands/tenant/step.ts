import { Command } from 'commander';
import type { TenantView } from '#domain/tenant/tenant.schema.ts';
import type { ApiClient } from '../../api-client.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { tenantText } from '../../text/tenant-text.ts';

interface TenantStepFacts {
  name: string;
  description: string;
  /** What is asked first; absent = nothing is. */
  question?: (id: string) => string;
  take: (api: ApiClient, id: string, body: { reason: string }) => Promise<TenantView>;
}

interface StepOptions {
  reason: string;
  yes?: boolean;
}

/** One command that takes a tenant from one status to another, for a reason that audit keeps. */
export function tenantStepCommand({ connect, confirm, output }: Context, facts: TenantStepFacts): Command {
  const command = new Command(facts.name)
    .description(facts.description)
    .argument('<id>', 'tenant id')
    .requiredOption('--reason <text>', 'why; audit keeps it');
  if (facts.question !== undefined) command.option('-y, --yes', 'do not ask', false);
  return command.action(async (id: string, { reason, yes = false }: StepOptions) => {
    const { api } = await connect();
    if (facts.question !== undefined && !(await confirm(facts.question(id), { yes }))) {
      throw new Failure('failed', 'not_confirmed', 'Nothing was changed.');
    }
    const tenant = await facts.take(api, id, { reason });
    output.result(tenant, () => tenantText(tenant));
  });
}

import { Command } from 'commander';
import { putTenant } from '#domain/tenant/calls.ts';
import type { Context } from '../../context.ts';
import { usageFailure } from '../../failure.ts';
import { tenantText } from '../../text/tenant-text.ts';

interface ChangeOptions {
  name?: string;
  domains?: string;
  issuer?: string;
}

/** What is not named stays as it is; an empty value removes domains or issuer. */
export function tenantChangeCommand({ connect, output }: Context): Command {
  return new Command('change')
    .description('changes name, domains or issuer of a tenant')
    .argument('<id>', 'tenant id')
    .option('--name <name>', 'for people')
    .option('--domains <list>', 'all its domains, separated by commas; empty = none')
    .option('--issuer <url>', "the only issuer whose tokens may name it; empty = the installation's")
    .action(async (id: string, { name, domains, issuer }: ChangeOptions) => {
      if (name === undefined && domains === undefined && issuer === undefined) {
        throw usageFailure('Nothing is to be changed.', 'Say --name, --domains or --issuer.');
      }
      const { call } = await connect();
      const tenant = await call(putTenant, {
        params: { id },
        body: {
          ...(name === undefined ? {} : { name }),
          ...(domains === undefined ? {} : { domains: domains.split(',').filter((one) => one !== '') }),
          ...(issuer === undefined ? {} : { oidc_issuer: issuer === '' ? null : issuer }),
        },
      });
      output.result(tenant, () => tenantText(tenant));
    });
}

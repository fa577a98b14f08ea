import { Command } from 'commander';
import { getTenantStatus } from '#domain/tenant/calls.ts';
import type { Context } from '../../context.ts';
import { tenantStatusText } from '../../text/tenant-text.ts';

export function tenantShowCommand({ connect, output }: Context): Command {
  return new Command('show')
    .description('how far a tenant is, with counts')
    .argument('<id>', 'tenant id')
    .action(async (id: string) => {
      const { call } = await connect();
      const status = await call(getTenantStatus, { params: { id } });
      output.result(status, () => tenantStatusText(status));
    });
}

import { Command } from 'commander';
import { listTenants } from '#domain/tenant/calls.ts';
import type { Context } from '../../context.ts';
import { tenantListText } from '../../text/tenant-text.ts';

export function tenantListCommand({ connect, output }: Context): Command {
  return new Command('list').description('every tenant of the installation').action(async () => {
    const { call } = await connect();
    const list = await call(listTenants);
    output.result(list, () => tenantListText(list.tenants, output.width));
  });
}

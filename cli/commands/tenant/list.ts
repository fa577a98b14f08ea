import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { tenantListText } from '../../text/tenant-text.ts';

export function tenantListCommand({ connect, output }: Context): Command {
  return new Command('list').description('every tenant of the installation').action(async () => {
    const { api } = await connect();
    const list = await api.tenants();
    output.result(list, () => tenantListText(list.tenants, output.width));
  });
}

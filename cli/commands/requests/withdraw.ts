import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { requestText } from '../../text/request-text.ts';

export function requestsWithdrawCommand({ connect, output }: Context): Command {
  return new Command('withdraw')
    .description('take a request back that has not been done yet')
    .argument('<id>', 'req_…')
    .action(async (id: string) => {
      const { api } = await connect();
      const view = await api.withdraw(id);
      output.result(view, () => requestText(view, output.colors));
    });
}

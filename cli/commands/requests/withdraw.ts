import { Command } from 'commander';
import { withdrawRequest } from '#domain/request/calls.ts';
import type { Context } from '../../context.ts';
import { requestText } from '../../text/request-text.ts';

export function requestsWithdrawCommand({ connect, output }: Context): Command {
  return new Command('withdraw')
    .description('take a request back that has not been done yet')
    .argument('<id>', 'req_…')
    .action(async (id: string) => {
      const { call } = await connect();
      const view = await call(withdrawRequest, { params: { id } });
      output.result(view, () => requestText(view, output.colors));
    });
}

import { Command, Option } from 'commander';
import { listRequests } from '#domain/request/calls.ts';
import { type RequestState, requestStates } from '#domain/request/request.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';
import { requestListText } from '../../text/request-text.ts';

interface ListOptions {
  state?: RequestState;
  limit?: number;
  before?: string;
}

export function requestsListCommand({ connect, output }: Context): Command {
  return new Command('list')
    .description('your requests, newest first')
    .addOption(new Option('--state <state>', 'only those').choices(requestStates))
    .option('--limit <n>', 'how many at most', countOption)
    .option('--before <id>', 'only those older than this one')
    .action(async ({ state, limit, before }: ListOptions) => {
      const { call } = await connect();
      const list = await call(listRequests, { query: { state, limit, before } });
      output.result(list, () => requestListText(list, output.width));
    });
}

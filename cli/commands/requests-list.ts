import { Command } from 'commander';
import type { Context } from '../context.ts';
import { countOption } from '../count-option.ts';
import { requestListText } from '../text/request-text.ts';

interface ListOptions {
  limit?: number;
  after?: string;
}

export function requestsListCommand({ connect, output }: Context): Command {
  return new Command('list')
    .description('your requests, newest first')
    .option('--limit <n>', 'how many at most', countOption)
    .option('--after <id>', 'go on after this one')
    .action(async ({ limit, after }: ListOptions) => {
      const { api } = await connect();
      const list = await api.requests({ limit, after });
      output.result(list, () => requestListText(list, output.width));
    });
}

import { Command } from 'commander';
import { getRequest } from '#domain/request/calls.ts';
import type { Context } from '../../context.ts';
import { plainText } from '../../terminal-text.ts';
import { requestText } from '../../text/request-text.ts';

export function requestsShowCommand({ connect, output }: Context): Command {
  return new Command('show')
    .description('one request: what came of it, or what it waits for')
    .argument('<id>', 'req_…')
    .action(async (id: string) => {
      const { call } = await connect();
      const view = await call(getRequest, { params: { id } });
      output.result(view, () => {
        const asked =
          view.text === null ? '' : `${output.colors.dim('You asked:')} ${plainText(view.text)}\n`;
        return `${asked}${requestText(view, output.colors)}`;
      });
    });
}

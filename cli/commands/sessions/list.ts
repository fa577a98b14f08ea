import { Command } from 'commander';
import { listSessions } from '#domain/person/calls.ts';
import type { Context } from '../../context.ts';
import { sessionListText } from '../../text/session-text.ts';

interface ListOptions {
  user?: string;
}

export function sessionsListCommand({ connect, output }: Context): Command {
  return new Command('list')
    .description('where you are signed in with a browser')
    .option('--user <id>', 'of a person whom you manage')
    .action(async ({ user }: ListOptions) => {
      const { call } = await connect();
      const list = await call(listSessions, { query: { user_id: user } });
      output.result(list, () => sessionListText(list.sessions, output.width));
    });
}

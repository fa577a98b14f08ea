import { Command } from 'commander';
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
      const { api } = await connect();
      const list = await api.sessions({ user_id: user });
      output.result(list, () => sessionListText(list.sessions, output.width));
    });
}

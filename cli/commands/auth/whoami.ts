import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { userText } from '../../text/user-text.ts';

export function authWhoamiCommand({ connect, output }: Context): Command {
  return new Command('whoami')
    .description('who you are to the gateway, and what you may do')
    .action(async () => {
      const { api } = await connect();
      const user = await api.userInfo();
      output.result(user, () => userText(user));
    });
}

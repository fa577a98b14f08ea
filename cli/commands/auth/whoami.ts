import { Command } from 'commander';
import { getUserinfo } from '#domain/person/calls.ts';
import type { Context } from '../../context.ts';
import { userText } from '../../text/user-text.ts';

export function authWhoamiCommand({ connect, output }: Context): Command {
  return new Command('whoami')
    .description('who you are to the gateway, and what you may do')
    .action(async () => {
      const { call } = await connect();
      const user = await call(getUserinfo);
      output.result(user, () => userText(user));
    });
}

import { Command } from 'commander';
import { deleteSession, postSignOut } from '#domain/person/calls.ts';
import type { Context } from '../../context.ts';
import { usageFailure } from '../../failure.ts';

export function sessionsRevokeCommand({ connect, output }: Context): Command {
  return new Command('revoke')
    .description('ends a browser session at once, or everything of a person until they sign in again')
    .argument('[id]', 'ses_…')
    .option('--user <id>', 'all sessions, earlier tokens, rights and votes of this person')
    .action(async (id: string | undefined, { user }: { user?: string }) => {
      if ((id === undefined) === (user === undefined))
        throw usageFailure('Name a session, or a person by --user.');
      const { call } = await connect();
      if (user !== undefined) {
        const ended = await call(postSignOut, { body: { user_id: user } });
        output.result(ended, () => `${ended.user_id} is signed out everywhere, until the next sign-in.`);
        return;
      }
      if (id === undefined) return;
      const ended = await call(deleteSession, { params: { id } });
      output.result(ended, () => `Session ${ended.id} is over.`);
    });
}

import { Command } from 'commander';
import { deleteSession } from '#domain/person/calls.ts';
import type { Context } from '../../context.ts';

export function sessionsRevokeCommand({ connect, output }: Context): Command {
  return new Command('revoke')
    .description('ends a browser session at once')
    .argument('<id>', 'ses_…')
    .action(async (id: string) => {
      const { call } = await connect();
      const ended = await call(deleteSession, { params: { id } });
      output.result(ended, () => `Session ${ended.id} is over.`);
    });
}

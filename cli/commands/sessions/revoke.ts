import { Command } from 'commander';
import type { Context } from '../../context.ts';

export function sessionsRevokeCommand({ connect, output }: Context): Command {
  return new Command('revoke')
    .description('ends a browser session at once')
    .argument('<id>', 'ses_…')
    .action(async (id: string) => {
      const { api } = await connect();
      const ended = await api.endSession(id);
      output.result(ended, () => `Session ${ended.id} is over.`);
    });
}

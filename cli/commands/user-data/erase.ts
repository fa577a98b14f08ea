import { Command } from 'commander';
import { eraseUserData } from '#domain/person/calls.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { plainLine } from '../../terminal-text.ts';
import { erasureText } from '../../text/erasure-text.ts';

export function userDataEraseCommand({ connect, confirm, output }: Context): Command {
  return new Command('erase')
    .description('erase a person: contents, names, sessions, and what the audit log says of them')
    .argument('<user>', 'user id (sub claim)')
    .requiredOption('--reason <text>', 'why; it is kept')
    .option('-y, --yes', 'do not ask', false)
    .action(async (user: string, { reason, yes }: { reason: string; yes: boolean }) => {
      const question = `Erase what is stored about ${plainLine(user)}? Nobody can bring it back.`;
      if (!(await confirm(question, { yes }))) {
        throw new Failure('failed', 'not_confirmed', 'Nothing was erased.');
      }
      const { call } = await connect();
      const erasure = await call(eraseUserData, { params: { user_id: user }, body: { reason } });
      output.result(erasure, () => erasureText(erasure));
    });
}

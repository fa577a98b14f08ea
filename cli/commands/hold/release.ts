import { Command } from 'commander';
import { deleteLegalHold } from '#domain/person/calls.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { plainLine } from '../../terminal-text.ts';
import { holdText } from '../../text/hold-text.ts';

export function holdReleaseCommand({ connect, confirm, output }: Context): Command {
  return new Command('release')
    .description('end a legal hold')
    .argument('<id>', 'hld_…')
    .requiredOption('--reason <text>', 'why; it is kept')
    .option('-y, --yes', 'do not ask', false)
    .action(async (id: string, { reason, yes }: { reason: string; yes: boolean }) => {
      const question = `End hold ${plainLine(id)}? What it keeps may be erased or dropped from then on.`;
      if (!(await confirm(question, { yes }))) {
        throw new Failure('failed', 'not_confirmed', 'The hold stays.');
      }
      const { call } = await connect();
      const hold = await call(deleteLegalHold, { params: { id }, body: { reason } });
      output.result(hold, () => holdText(hold));
    });
}

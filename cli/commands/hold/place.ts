import { Command } from 'commander';
import { postLegalHold } from '#domain/person/calls.ts';
import { newLegalHold } from '#domain/person/legal-hold.schema.ts';
import type { Context } from '../../context.ts';
import { usageFailure } from '../../failure.ts';
import { holdText } from '../../text/hold-text.ts';

interface PlaceOptions {
  reason: string;
  user?: string;
  from?: string;
  to?: string;
}

export function holdPlaceCommand({ connect, output }: Context): Command {
  return new Command('place')
    .description('keep data of a person, or of everybody, whatever retention or erasure say')
    .requiredOption('--reason <text>', 'why; it is kept')
    .option('--user <id>', 'whose data (sub claim); otherwise everybody’s of the tenant')
    .option('--from <time>', 'data from this time on, ISO 8601')
    .option('--to <time>', 'data before this time')
    .action(async ({ user, ...options }: PlaceOptions) => {
      const parsed = newLegalHold.safeParse({ ...options, user_id: user });
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        throw usageFailure(`--${issue?.path.join('.') ?? 'hold'}: ${issue?.message ?? 'not valid'}.`);
      }
      const { call } = await connect();
      const hold = await call(postLegalHold, { body: parsed.data });
      output.result(hold, () => holdText(hold));
    });
}

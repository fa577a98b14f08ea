import { Command } from 'commander';
import { listLegalHolds } from '#domain/person/calls.ts';
import type { Context } from '../../context.ts';
import { holdListText } from '../../text/hold-text.ts';

export function holdListCommand({ connect, output }: Context): Command {
  return new Command('list')
    .description('legal holds, newest first, with those that are over')
    .action(async () => {
      const { call } = await connect();
      const list = await call(listLegalHolds);
      output.result(list, () => holdListText(list.holds, output.width));
    });
}

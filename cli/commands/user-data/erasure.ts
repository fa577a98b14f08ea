import { Command } from 'commander';
import { getErasure } from '#domain/person/calls.ts';
import type { Context } from '../../context.ts';
import { erasureText } from '../../text/erasure-text.ts';

export function userDataErasureCommand({ connect, output }: Context): Command {
  return new Command('erasure')
    .description('how far an erasure is, what it erased, and what is held back')
    .argument('<id>', 'ers_…')
    .action(async (id: string) => {
      const { call } = await connect();
      const erasure = await call(getErasure, { params: { id } });
      output.result(erasure, () => erasureText(erasure));
    });
}

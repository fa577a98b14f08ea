import { Command } from 'commander';
import { getKeys } from '#domain/key/calls.ts';
import type { Context } from '../../context.ts';
import { keysText } from '../../text/keys-text.ts';

export function keysStatusCommand({ connect, output }: Context): Command {
  return new Command('status')
    .description('how far a new master key is, and which old one can go')
    .action(async () => {
      const { call } = await connect();
      const keys = await call(getKeys);
      output.result(keys, () => keysText(keys, output.width));
    });
}

import { Command } from 'commander';
import { getPolicy } from '#domain/policy/calls.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';
import { policyText } from '../../text/policy-text.ts';

export function policyShowCommand({ connect, output }: Context): Command {
  return new Command('show')
    .description('what a policy says, where it holds, who wrote it and why')
    .argument('<id>', "pol_…; pol_<domain> is the enterprise's policy of that domain")
    .option('--at <version>', 'another version than the newest', countOption)
    .action(async (id: string, { at }: { at?: number }) => {
      const { call } = await connect();
      const view = await call(getPolicy, { params: { id }, query: { version: at } });
      output.result(view, () => policyText(view, output.colors));
    });
}

import { Command } from 'commander';
import { diffPolicy, getPolicy } from '#domain/policy/calls.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';
import { usageFailure } from '../../failure.ts';
import { policyDiffText } from '../../text/policy-text.ts';

export function policyDiffCommand({ connect, output }: Context): Command {
  return new Command('diff')
    .description('what a policy says differently in two versions; otherwise the newest and the one before')
    .argument('<id>', 'pol_…')
    .option('--from <n>', 'the older version', countOption)
    .option('--to <n>', 'the newer version', countOption)
    .action(async (id: string, options: { from?: number; to?: number }) => {
      const { call } = await connect();
      const to = options.to ?? (await call(getPolicy, { params: { id } })).version;
      const from = options.from ?? to - 1;
      if (from < 1) throw usageFailure('There is no version before the first.', 'Say which with --from.');
      const diff = await call(diffPolicy, { params: { id }, query: { from, to } });
      output.result(diff, () => policyDiffText(diff, output.colors));
    });
}

import { Command } from 'commander';
import { postImpact } from '#domain/policy/calls.ts';
import { collectOption } from '../../collect-option.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';
import { usageFailure } from '../../failure.ts';
import { readContent } from '../../policy-content.ts';
import { readText } from '../../read-text.ts';
import { impactText } from '../../text/impact-text.ts';

interface ImpactOptions {
  days?: number;
  at?: number;
  file?: string;
  deprecate: boolean;
  user: string[];
}

export function policyImpactCommand({ connect, output, stdin }: Context): Command {
  return new Command('impact')
    .description('whom a change would hit: recorded decisions asked again under it; nothing is changed')
    .argument('<id>', 'pol_…')
    .option('--days <n>', 'how far back; otherwise 30', countOption)
    .option('--at <version>', 'that draft in force, otherwise the newest', countOption)
    .option('--file <path>', 'content as `policy edit` takes it, in force; `-` is standard input')
    .option('--deprecate', 'the end of the policy', false)
    .option('--user <id>', 'the draft for this person first; may be said again', collectOption, [])
    .action(async (id: string, { days, at, file, deprecate, user }: ImpactOptions) => {
      if (file !== undefined && (at !== undefined || deprecate))
        throw usageFailure('Say one change: --at, --file or --deprecate.');
      const { call } = await connect();
      const question = {
        ...(at === undefined ? {} : { version: at }),
        ...(file === undefined ? {} : readContent(await readText(file, stdin))),
        ...(deprecate ? { deprecate: true as const } : {}),
        ...(user.length === 0 ? {} : { user_ids: user }),
      };
      const impact = await call(postImpact, { params: { id }, query: { days }, body: question });
      output.result(impact, () => impactText(impact, output));
    });
}

import { Command, Option } from 'commander';
import { z } from 'zod';
import { classifications } from '#domain/classification/classification.ts';
import { postEvaluate } from '#domain/policy/calls.ts';
import type { Context } from '../../context.ts';
import { readAs } from '../../policy-content.ts';
import { explanationText } from '../../text/explanation-text.ts';

interface ExplainOptions {
  action: string;
  user?: string;
  label: string;
  channel?: string;
  additional?: string;
}

const record = z.record(z.string(), z.json());

export function policyExplainCommand({ connect, output }: Context): Command {
  return new Command('explain')
    .description(
      'what policy says to an action, which rule of which policy says so, and what would change it',
    )
    .requiredOption('--action <id>', 'for example github_issue_comment')
    .option('--user <id>', 'of this person; otherwise your own')
    .addOption(
      new Option('--label <label>', 'how confidential the data is')
        .choices(classifications)
        .default('internal'),
    )
    .option('--channel <channel>', 'where it comes from')
    .option('--additional <json>', 'what a domain needs beyond that, for example {"model": "local"}')
    .action(async ({ action, user, label, channel, additional }: ExplainOptions) => {
      const { call } = await connect();
      const evaluation = await call(postEvaluate, {
        body: {
          action,
          ...(user === undefined ? {} : { user_id: user }),
          context: {
            data_classification: label,
            ...(channel === undefined ? {} : { channel }),
            ...(additional === undefined ? {} : { additional: readAs(record, additional) }),
          },
        },
      });
      output.result(evaluation, () => explanationText(evaluation, output.colors));
    });
}

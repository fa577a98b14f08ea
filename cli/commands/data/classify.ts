import { Argument, Command } from 'commander';
import { putClassification } from '#domain/classification/calls.ts';
import { type Classification, classifications } from '#domain/classification/classification.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { plainLine } from '../../terminal-text.ts';

interface ClassifyOptions {
  reason: string;
  yes: boolean;
}

export function dataClassifyCommand({ connect, confirm, output }: Context): Command {
  return new Command('classify')
    .description('give one item another label, from now on')
    .argument('<item>', 'source and item, for example github:acme/website#7')
    .addArgument(new Argument('<label>', 'the new label').choices(classifications))
    .requiredOption('--reason <text>', 'why; it goes to the audit log')
    .option('-y, --yes', 'do not ask', false)
    .action(async (item: string, label: Classification, { reason, yes }: ClassifyOptions) => {
      const { call } = await connect();
      if (!(await confirm(`From now on ${plainLine(item)} is ${label}. Go on?`, { yes }))) {
        throw new Failure('failed', 'not_confirmed', 'Nothing was changed.');
      }
      const done = await call(putClassification, {
        params: { item },
        body: { classification: label, reason },
      });
      output.result(
        done,
        () =>
          `${plainLine(done.item_id)} is ${done.new_classification} now; it was ${done.previous_classification}.`,
      );
    });
}

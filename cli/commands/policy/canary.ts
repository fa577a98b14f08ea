import { Command } from 'commander';
import { changePolicy } from '../../change-policy.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';
import { usageFailure } from '../../failure.ts';

interface CanaryOptions {
  user: string[];
  at?: number;
  end: boolean;
  reason: string;
  yes: boolean;
}

export function policyCanaryCommand(context: Context): Command {
  return new Command('canary')
    .description('let a draft hold for a few people first, until it is activated or taken back')
    .argument('<id>', 'pol_…')
    .requiredOption('--reason <text>', 'why; it goes to the audit log')
    .option('--user <id>', 'for this person; may be said again', collect, [])
    .option('--at <version>', 'another draft than the newest version', countOption)
    .option('--end', 'the draft holds for nobody any more', false)
    .option('-y, --yes', 'do not ask', false)
    .action((id: string, options: CanaryOptions) => canary(context, id, options));
}

async function canary(
  context: Context,
  id: string,
  { user, at, end, reason, yes }: CanaryOptions,
): Promise<void> {
  if (end === user.length > 0) throw usageFailure('Say for whom with --user, or --end.');
  const version = at === undefined ? {} : { version: at };
  await changePolicy(context, {
    id,
    yes,
    proposed: async () => null,
    impact: () => (end ? { end_canary: true } : { ...version, user_ids: user }),
    question: () =>
      end
        ? 'The draft holds for nobody any more. Go on?'
        : `The draft holds for ${user.length} at once. Go on?`,
    send: (api, newest, ifMatch, _content, digest) =>
      end
        ? api.endCanary(newest.id, { change_reason: reason, ...digest }, ifMatch)
        : api.startCanary(
            newest.id,
            { ...version, user_ids: user, change_reason: reason, ...digest },
            ifMatch,
          ),
  });
}

function collect(one: string, before: string[]): string[] {
  return [...before, one];
}

import { Argument, Command } from 'commander';
import { getPolicySettings, putPolicySettings } from '#domain/policy/calls.ts';
import { type PolicyChangeReview, policyChangeReviews } from '#domain/policy/impact.ts';
import type { Context } from '../../context.ts';
import { Failure, usageFailure } from '../../failure.ts';

interface ReviewOptions {
  reason?: string;
  yes: boolean;
}

export function policyReviewCommand({ connect, confirm, output }: Context): Command {
  return new Command('review')
    .description(
      'which changes of policy have to name the digest of their impact; without a word, what holds',
    )
    .addArgument(new Argument('[which]', 'from now on').choices(policyChangeReviews))
    .option('--reason <text>', 'why; it goes to the audit log')
    .option('-y, --yes', 'do not ask', false)
    .action(async (which: PolicyChangeReview | undefined, { reason, yes }: ReviewOptions) => {
      if (which !== undefined && reason === undefined) throw usageFailure('Say why with --reason.');
      const { call } = await connect();
      if (which === undefined || reason === undefined) {
        const settings = await call(getPolicySettings);
        return output.result(settings, () => words(settings.policy_change_review));
      }
      if (!(await confirm(`${words(which)} Go on?`, { yes }))) {
        throw new Failure('failed', 'not_confirmed', 'Nothing was changed.');
      }
      const settings = await call(putPolicySettings, {
        body: { policy_change_review: which, change_reason: reason },
      });
      output.result(settings, () => words(settings.policy_change_review));
    });
}

function words(which: PolicyChangeReview): string {
  return {
    off: 'Changes of policy need no digest.',
    widening: 'Changes that give anybody more have to name the digest of their impact.',
    all: 'Every change that takes effect has to name the digest of its impact.',
  }[which];
}

import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { needsReview } from '#domain/policy/impact.ts';
import type { ImpactStore, ReplayWindow } from '#stores/policy/impact.ts';
import type { PolicySettingsStore } from '#stores/policy/settings.ts';
import { defaultImpactDays, type PolicyImpact, type PreviewImpact } from '../impact/preview.ts';
import type { PolicyReview, ReviewChange, ReviewedChange } from './change.ts';

interface ReviewChangeOptions {
  previewImpact: PreviewImpact;
  impact: Pick<ImpactStore, 'keep' | 'windowOf'>;
  settings: Pick<PolicySettingsStore, 'read'>;
}

/**
 * Looks at the impact of every change that takes effect, except of a person's own policy where no review is wanted. If
 * the caller names a digest, the change must still have that impact on the decisions that were looked at, else
 * `POLICY_IMPACT_CHANGED`. Where the tenant wants changes reviewed, one without a digest is
 * `POLICY_IMPACT_REVIEW_REQUIRED`. Both errors give in `detail` what to look at and to confirm. Where it doesn't, a
 * look that fails stops nobody from changing policies.
 */
export function createReviewChange({ previewImpact, impact, settings }: ReviewChangeOptions): ReviewChange {
  const shown = async (tenantId: string, measured: PolicyImpact) => {
    const { digest, window } = measured;
    const previewId = await impact.keep(tenantId, { digest, window });
    return { impact_digest: digest, preview_id: previewId, ...summaryInWords(measured) };
  };

  return async (actor: Actor, change: ReviewedChange): Promise<PolicyReview | null> => {
    if (!change.takesEffect) return null;
    const { tenantId } = actor;
    const { impactDigest, active } = change;
    const look = () => previewImpact(actor, { planned: change, active });
    if (impactDigest === undefined) {
      const { changeReview } = await settings.read(tenantId);
      if (changeReview === 'off') {
        // Anybody may change their own policies as often as they like: a replay each time would be wasted work.
        if (change.policy.scope.level === 'user') return null;
        return await look().then(reviewOf, () => null);
      }
      const measured = await look();
      if (!needsReview(changeReview, measured)) return reviewOf(measured);
      throw new CodedError('POLICY_IMPACT_REVIEW_REQUIRED', { detail: await shown(tenantId, measured) });
    }
    const window = await impact.windowOf(tenantId, impactDigest);
    // A look at fewer days than usual confirms nothing.
    if (window !== undefined && daysOf(window) >= defaultImpactDays) {
      const measured = await previewImpact(actor, { planned: change, active, window });
      if (measured.digest === impactDigest) return reviewOf(measured);
    }
    throw new CodedError('POLICY_IMPACT_CHANGED', { detail: await shown(tenantId, await look()) });
  };
}

function daysOf({ from, to }: ReplayWindow): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

function reviewOf(measured: PolicyImpact): PolicyReview {
  return { impactSummary: summaryInWords(measured), digest: measured.digest };
}

/** Only counts: nothing in it names a person. */
function summaryInWords({ summary, decisions, widening, widened }: PolicyImpact) {
  return { ...summary, replayed_decisions: decisions, widening, widened };
}

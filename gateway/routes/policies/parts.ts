import { createChangePolicy, createProposeChange } from '#governance/policy/change/change.ts';
import { createReviewChange } from '#governance/policy/change/review.ts';
import { createExplainDecision } from '#governance/policy/explain/explain-decision.ts';
import { createLookAtImpact } from '#governance/policy/impact/look-at.ts';
import { createPreviewImpact } from '#governance/policy/impact/preview.ts';
import { createResolvePolicy } from '#governance/policy/resolve.ts';
import type { GatewayParts } from '../../parts.ts';

export type PolicyParts = ReturnType<typeof policyParts>;

export function policyParts({ stores, governance, actions, now }: GatewayParts) {
  const { policies, policySettings, people, subjects } = stores;
  const { policyCache, governedRead, recordEvent, rulesFor, evaluateUnder, classify } = governance;
  const changing = { policies, people, subjects, recordEvent, now };
  const previewImpact = createPreviewImpact({ ...stores, evaluateUnder, now });
  const review = createReviewChange({ ...stores, previewImpact, settings: policySettings });
  const propose = createProposeChange(changing);
  return {
    policies,
    policySettings,
    people,
    subjects,
    actions,
    recordEvent,
    rulesFor,
    classify,
    changePolicy: createChangePolicy({ ...changing, review }),
    lookAtImpact: createLookAtImpact({ ...stores, propose, previewImpact, governedRead }),
    explainDecision: createExplainDecision(governance),
    resolvePolicy: createResolvePolicy({ policyCache }),
  };
}

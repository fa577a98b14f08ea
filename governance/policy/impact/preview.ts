import type { Actor } from '#domain/person/actor.ts';
import {
  byWeight,
  type ImpactGroup,
  type ImpactSummary,
  keyOf,
  loosens,
  summaryOf,
} from '#domain/policy/impact.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { createInTurn } from '#platform/in-turn.ts';
import type { SubjectStore } from '#stores/person/subjects.ts';
import type { ImpactStore, ReplayWindow } from '#stores/policy/impact.ts';
import type { PlannedPolicyChange } from '../change/plan-change.ts';
import type { PolicyEvaluator } from '../evaluate.ts';
import { policiesAfter } from './policies-after.ts';
import { replayDecisions } from './replay-decisions.ts';
import { widenedPoints } from './widened-points.ts';

/** What a change of policies means for people. */
export interface PolicyImpact {
  window: ReplayWindow;
  /** Number of recorded decisions about people whom the policy covers. */
  decisions: number;
  groups: readonly ImpactGroup[];
  summary: ImpactSummary;
  /** Does anybody get more than before? */
  widening: boolean;
  /** Points at which the merged policy of somebody grants more, in words. */
  widened: readonly string[];
  /** SHA-256 (hex) of the change and of the distinct outcomes that it changes, not of their number. */
  digest: string;
}

export interface LookedAt {
  planned: PlannedPolicyChange;
  /** Policies in force before the change. */
  active: readonly Policy[];
  /** The decisions to ask again; default: those of the last `days`. */
  window?: ReplayWindow;
  days?: number;
}

/** Computed for one person; the caller limits it to what they may see. */
export type PreviewImpact = (actor: Actor, looked: LookedAt) => Promise<PolicyImpact>;

interface PreviewImpactOptions {
  impact: Pick<ImpactStore, 'pages' | 'window'>;
  subjects: Pick<SubjectStore, 'userIds'>;
  evaluateUnder: PolicyEvaluator['evaluateUnder'];
  now: () => Date;
}

const dayMs = 86_400_000;
export const defaultImpactDays = 30;

/** Asks every recorded decision again, under the policies as they are and as they would be. */
export function createPreviewImpact(options: PreviewImpactOptions): PreviewImpact {
  const { impact, now } = options;
  const preview: PreviewImpact = async (
    { tenantId },
    { planned, active, days = defaultImpactDays, ...given },
  ) => {
    const to = now();
    const from = new Date(to.getTime() - days * dayMs);
    const window = given.window ?? (await impact.window(tenantId, from, to));
    const { domain, scope } = planned.policy;
    const after = policiesAfter(active, planned);
    const { decisions, groups } = await replayDecisions(options, {
      tenantId,
      window,
      domain,
      scope,
      before: active,
      after,
    });
    const widened = widenedPoints({ domain, scope, before: active, after });
    return {
      window,
      decisions,
      groups: byWeight(groups),
      summary: summaryOf(groups),
      widening: widened.length > 0 || groups.some(loosens),
      widened,
      digest: digestOf({ planned, active, after, groups, widened }),
    };
  };
  const inTurn = createInTurn();
  return (actor, looked) => inTurn(lineOf(actor), () => preview(actor, looked));
}

/**
 * One at a time per tenant, since each reads and evaluates all there is. People who can only change their own policies
 * have a queue of their own, so that administrators never wait for them.
 */
function lineOf({ tenantId, role }: Actor): string {
  return `${tenantId} ${role === 'user' ? 'own' : 'others'}`;
}

interface Digested extends Pick<PolicyImpact, 'groups' | 'widened'> {
  planned: PlannedPolicyChange;
  active: readonly Policy[];
  after: readonly Policy[];
}

/**
 * Includes the change itself, so that a digest never confirms another change that happens to affect nobody. Names,
 * versions and reasons are left out: they change nothing for anybody.
 */
function digestOf({ planned, active, after, groups, widened }: Digested): string {
  const { domain, scope } = planned.policy;
  const contents = (policies: readonly Policy[]) =>
    policies
      .filter((policy) => !active.includes(policy) || !after.includes(policy))
      .map(({ rules, mayGrant, canaryFor }) =>
        canonicalJson({ rules, mayGrant, canaryFor: canaryFor ?? null }),
      )
      .toSorted();
  return sha256Hex(
    canonicalJson({
      domain,
      scope,
      from: contents(active),
      to: contents(after),
      outcomes: groups.map(keyOf).toSorted(),
      widened,
    }),
  );
}

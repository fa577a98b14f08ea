import { z } from 'zod';
import { plainText } from '../text.schema.ts';
import { impactKinds, policyChangeReviews } from './impact.ts';
import { verdicts } from './verdict.ts';

const rules = z.record(z.string(), z.json());
const version = z.int().min(1);
const userIds = z
  .array(plainText({ min: 1, max: 255 }))
  .min(1)
  .max(100);
const changeReason = plainText({ min: 1, max: 2_000 }).trim().min(1);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** How many days of decisions are asked again; a digest over fewer than 30 confirms nothing. */
export const impactQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(30) });

export type ImpactQuery = z.output<typeof impactQuery>;

/**
 * Body of `POST /api/v1/policies/{id}/impact`: one change, looked at and not made. Activating a draft version (the
 * newest unless named), content as in `PUT`, rollback to an older version, the end of the policy, a canary, or the end
 * of one.
 */
export const impactQuestion = z
  .strictObject({
    version: version.optional(),
    name: z.string().optional(),
    rules: rules.optional(),
    may_grant: rules.nullable().optional(),
    to_version: version.optional(),
    deprecate: z.literal(true).optional(),
    user_ids: userIds.optional(),
    end_canary: z.literal(true).optional(),
  })
  .refine(
    ({ version, name, rules, may_grant, to_version, deprecate, user_ids, end_canary }) =>
      [
        version !== undefined || user_ids !== undefined,
        [name, rules, may_grant].some((part) => part !== undefined),
        to_version !== undefined,
        deprecate === true,
        end_canary === true,
      ].filter(Boolean).length <= 1,
    'name one change: a version, content, to_version, deprecate or end_canary',
  )
  .meta({ id: 'ImpactQuestion' });

export type ImpactQuestion = z.input<typeof impactQuestion>;

const said = z.object({
  decision: z.enum(verdicts),
  reason: z.string(),
  level: z.string(),
  policy_id: z.string().nullable(),
  policy_name: z.string().nullable(),
  policy_version: z.int().nullable(),
});

const changed = z.object({
  kind: z.enum(impactKinds),
  before: z.enum(verdicts),
  after: z.enum(verdicts),
  person: z.object({
    /** The person as the audit log names them. */
    subject: z.string(),
    /** `null` where the caller may not see the person, or the person was erased. */
    user_id: z.string().nullable(),
    name: z.string().nullable(),
    org_unit: z.string(),
  }),
  action: z.string(),
  connector: z.string(),
  decisions: z.int(),
  examples: z.array(z.object({ decision_id: z.string(), at: z.iso.datetime(), before: said, after: said })),
});

const counts = z.object({ decisions: z.int(), people: z.int() });

export const impactSummary = z.object({
  newly_blocked: counts,
  newly_needs_approval: counts,
  newly_allowed: counts,
  no_longer_needs_approval: counts,
  newly_notified: counts,
  no_longer_notified: counts,
});

export const impactView = z
  .object({
    preview_id: z.string(),
    window: z.object({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      decisions: z.int(),
      last_decision_id: z.string().nullable(),
    }),
    summary: impactSummary,
    /** At most 1,000, most decisions first; `groups` says how many there are. */
    changes: z.array(changed),
    groups: z.int(),
    /** Does anybody get more than before, in recorded decisions or by the values of the merged policy? */
    widening: z.boolean(),
    /** Points at which the merged policy grants more: `action_overrides.github_issue_comment: approve -> notify`. */
    widened: z.array(z.string()),
    /** To be sent with the change itself as `impact_digest`. */
    digest,
  })
  .meta({ id: 'PolicyImpact' });

export type ImpactView = z.input<typeof impactView>;

export const policySettings = z
  .object({ policy_change_review: z.enum(policyChangeReviews) })
  .meta({ id: 'PolicySettings' });

export type PolicySettings = z.infer<typeof policySettings>;

/** Body of `PUT /api/v1/policies/settings`. */
export const newPolicySettings = z
  .strictObject({ policy_change_review: z.enum(policyChangeReviews), change_reason: changeReason })
  .meta({ id: 'NewPolicySettings' });

export type NewPolicySettings = z.input<typeof newPolicySettings>;

/** Body of `POST …/canary`; without a version the newest draft. */
export const newCanary = z
  .strictObject({
    version: version.optional(),
    user_ids: userIds,
    change_reason: changeReason,
    impact_digest: digest.optional(),
  })
  .meta({ id: 'NewPolicyCanary' });

export type NewCanary = z.input<typeof newCanary>;

/** Body of `DELETE …/canary`. */
export const endOfCanary = z
  .strictObject({ change_reason: changeReason, impact_digest: digest.optional() })
  .meta({ id: 'EndOfPolicyCanary' });

export type EndOfCanary = z.input<typeof endOfCanary>;

export const canaryView = z
  .object({ policy_id: z.string(), version: version.nullable(), user_ids: z.array(z.string()) })
  .meta({ id: 'PolicyCanary' });

export type CanaryView = z.infer<typeof canaryView>;

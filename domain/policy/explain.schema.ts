import { z } from 'zod';
import { roles } from '../person/role.ts';
import { plainText } from '../text.schema.ts';
import { policyLevels } from './policy.ts';
import { governedDomains } from './rules.ts';
import { verdicts } from './verdict.ts';

const json = z.record(z.string(), z.json());
const userId = plainText({ min: 1, max: 255 });

/** Body of `POST /api/v1/policies/evaluate` (`policy.evaluate`, spec/enterprise.md §1.2); default user: the caller. */
export const evaluateQuestion = z
  .strictObject({
    tenant_id: z.string().max(64).optional(),
    user_id: userId.optional(),
    /** Id of an action: `github_issue_comment`. */
    action: plainText({ min: 1, max: 200 }),
    context: z
      .strictObject({
        /** An unknown label counts as restricted. */
        data_classification: z.string().max(100).optional(),
        channel: z.string().max(200).optional(),
        /** The connector of the action; any other is refused. */
        target_system: z.string().max(200).optional(),
        additional: json.optional(),
      })
      .default({}),
  })
  .meta({ id: 'PolicyQuestion' });

export type PolicyQuestion = z.input<typeof evaluateQuestion>;

const value = z.union([z.string(), z.number(), z.boolean()]).nullable();
const values = z.record(z.string(), value);

const explained = z.object({
  domain: z.string(),
  decision: z.enum(verdicts),
  code: z.string(),
  reason: z.string(),
  decided_by: z
    .object({
      policy_id: z.string(),
      policy_name: z.string(),
      policy_version: z.int(),
      level: z.string(),
    })
    .nullable(),
  rule: z.json(),
  /** The resulting values, by their place in the rules; `null` = nothing is said, or no limit. */
  effective: values,
  /** What each level says there, most authority first, and how far it lets levels below go. */
  levels: z.array(
    z.object({
      level: z.enum(policyLevels),
      org_unit: z.string().nullable(),
      policy_id: z.string().nullable(),
      policy_name: z.string().nullable(),
      policy_version: z.int().nullable(),
      says: values,
      may_grant: values,
    }),
  ),
  /** What would have to change for another answer, one sentence each. */
  would_change: z.array(z.string()),
});

export const policyEvaluation = z
  .object({
    /** `notify` is an `allow` of which the person is told: `constraints.disclosure_required`. */
    decision: z.enum(['allow', 'deny', 'require_approval']),
    policy_applied: z.string(),
    reason: z.string(),
    constraints: json,
    person: z.object({ user_id: z.string(), role: z.enum(roles), org_unit: z.string() }),
    explanation: z.array(explained),
  })
  .meta({ id: 'PolicyEvaluation' });

export type PolicyEvaluation = z.infer<typeof policyEvaluation>;

/** Query of `GET /api/v1/policies/resolve`: a person, a unit, or the caller. */
export const resolveQuery = z.strictObject({
  domain: z.enum([...governedDomains, 'agent-to-agent']),
  user_id: userId.optional(),
  org_unit: z.string().max(400).optional(),
});

export type ResolveQuery = z.output<typeof resolveQuery>;

/** Answer of `policy.resolve` (spec/enterprise.md §1.2): always four levels, most authority first. */
export const resolvedPolicy = z
  .object({
    /** In the form of `rules`; `null` where no policy speaks, so that everything is denied. */
    effective_policy: json.nullable(),
    hierarchy: z.array(z.object({ scope: z.enum(policyLevels), policy_id: z.string().nullable() })).length(4),
  })
  .meta({ id: 'ResolvedPolicy' });

export type ResolvedPolicy = z.infer<typeof resolvedPolicy>;

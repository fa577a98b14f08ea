import { z } from 'zod';
import { plainText } from '../text.schema.ts';
import { policyLevels } from './policy.ts';
import { governedDomains } from './rules.ts';

const changeReason = plainText({ min: 1, max: 2_000 }).trim().min(1);
const impactDigest = z.string().regex(/^[0-9a-f]{64}$/);
const rules = z.record(z.string(), z.json());
const statuses = ['draft', 'active', 'deprecated'] as const;
const version = z.int().min(1);

/** Another spelling of a domain in the documents is accepted, and never returned. */
const domain = z.enum([...governedDomains, 'agent-to-agent']);

/**
 * Body of `POST /api/v1/policies`, as seed 000 prints it. What the rules of a domain may contain is checked with
 * `policyBody`, which knows every domain.
 */
export const newPolicy = z
  .strictObject({
    name: z.string(),
    domain,
    scope: z.strictObject({
      level: z.enum(policyLevels),
      org_unit: z.string().nullable().optional(),
      user_id: z.string().nullable().optional(),
    }),
    status: z.enum(['draft', 'active']).default('draft'),
    rules,
    may_grant: rules.nullable().optional(),
    change_reason: z.string(),
    impact_digest: impactDigest.optional(),
  })
  .meta({ id: 'NewPolicy' });

export type NewPolicy = z.input<typeof newPolicy>;

/** Body of `PUT`: what is left out stays as it is; `rules` replace all rules. */
export const policyUpdate = z
  .strictObject({
    name: z.string().optional(),
    status: z.enum(['draft', 'active']).optional(),
    rules: rules.optional(),
    may_grant: rules.nullable().optional(),
    change_reason: changeReason,
    impact_digest: impactDigest.optional(),
  })
  .meta({ id: 'PolicyUpdate' });

export type PolicyUpdate = z.input<typeof policyUpdate>;

/** Body of `DELETE`. */
export const policyDeprecation = z
  .strictObject({ change_reason: changeReason, impact_digest: impactDigest.optional() })
  .meta({ id: 'PolicyDeprecation' });

export type PolicyDeprecation = z.input<typeof policyDeprecation>;

/** Body of `POST …/activate`; without a version the newest. */
export const policyActivation = z
  .strictObject({
    version: version.optional(),
    change_reason: changeReason,
    impact_digest: impactDigest.optional(),
  })
  .meta({ id: 'PolicyActivation' });

export type PolicyActivation = z.input<typeof policyActivation>;

/** Body of `POST …/rollback`. */
export const policyRollback = z
  .strictObject({
    to_version: version,
    change_reason: changeReason,
    impact_digest: impactDigest.optional(),
  })
  .meta({ id: 'PolicyRollback' });

export type PolicyRollback = z.input<typeof policyRollback>;

export const policyView = z
  .object({
    id: z.string(),
    name: z.string(),
    domain: z.enum(governedDomains),
    scope: z.object({
      level: z.enum(policyLevels),
      org_unit: z.string().nullable(),
      user_id: z.string().nullable(),
    }),
    version,
    status: z.enum(statuses),
    rules,
    /** The ceiling for the values of levels below; `null` = the value itself. */
    may_grant: rules.nullable(),
    /** The canary of a draft. Who is in it is told by `…/canary`, to those who may change it. */
    canary: z.object({ users: z.int() }).optional(),
    /** The version whose content it took over, in whole or in part. */
    based_on: version.optional(),
    /** Nothing proves who wrote it: it is not followed. */
    unproven: z.literal(true).optional(),
    change_reason: z.string(),
    created_by: z.string(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Policy' });

export type PolicyView = z.infer<typeof policyView>;

/** The answer to a change: the version that it added or moved, and what changes for people if that was looked at. */
export const changedPolicy = policyView
  .extend({
    impact_summary: z.record(z.string(), z.json()).optional(),
    impact_digest: impactDigest.optional(),
  })
  .meta({ id: 'ChangedPolicy' });

export type ChangedPolicyView = z.infer<typeof changedPolicy>;

export const policyList = z
  .object({ policies: z.array(policyView), total: z.int() })
  .meta({ id: 'PolicyList' });

export type PolicyList = z.infer<typeof policyList>;

export const policyVersions = z
  .object({ id: z.string(), versions: z.array(policyView) })
  .meta({ id: 'PolicyVersions' });

export type PolicyVersions = z.infer<typeof policyVersions>;

export const policyQuery = z.strictObject({
  domain: domain.optional(),
  status: z.enum(statuses).optional(),
  scope_level: z.enum(policyLevels).optional(),
  org_unit: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  offset: z.coerce.number().int().min(0).default(0),
});

export type PolicyQuery = z.output<typeof policyQuery>;

const wantedVersion = z.coerce.number().int().min(1);

/** Query of `GET …/{id}`; without a version the newest. */
export const policyVersionQuery = z.strictObject({ version: wantedVersion.optional() });

export type PolicyVersionQuery = z.output<typeof policyVersionQuery>;

/** Query of `GET …/diff`. */
export const policyDiffQuery = z.strictObject({ from: wantedVersion, to: wantedVersion });

export type PolicyDiffQuery = z.output<typeof policyDiffQuery>;

const oneSided = z.object({ path: z.string(), value: z.json() });

export const policyDiff = z
  .object({
    id: z.string(),
    from: version,
    to: version,
    added: z.array(oneSided),
    removed: z.array(oneSided),
    changed: z.array(z.object({ path: z.string(), from: z.json(), to: z.json() })),
    /** Those of the two that nothing proves. */
    unproven: z.array(version).optional(),
  })
  .meta({ id: 'PolicyDiff' });

export type PolicyDiff = z.infer<typeof policyDiff>;

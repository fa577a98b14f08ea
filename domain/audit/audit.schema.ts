import { z } from 'zod';
import { classifications } from '../classification/classification.ts';
import { verdicts } from '../policy/verdict.ts';
import { actionTypes } from './action-type.ts';
import { auditOutcomes } from './audit.ts';

export const auditPageMax = 1_000;

/** The largest `integer` of PostgreSQL. */
const offsetMax = 2_147_483_647;

/** A moment of the years 1970 to 9999, which every store can hold. */
export const moment = z.iso.datetime({ offset: true }).refine(
  (text) => {
    const at = Date.parse(text);
    return at >= 0 && at < Date.UTC(10_000, 0);
  },
  { error: 'is not a moment of the years 1970 to 9999' },
);

/** Query of `GET /api/v1/audit` (spec/enterprise.md §1.1, dialect A). */
export const auditQuery = z.strictObject({
  user_id: z.string().max(255).optional(),
  action_type: z.enum(actionTypes).optional(),
  outcome: z.enum(auditOutcomes).optional(),
  policy_result: z.enum(verdicts).optional(),
  from: moment.optional(),
  to: moment.optional(),
  request_id: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(auditPageMax).default(100),
  offset: z.coerce.number().int().min(0).max(offsetMax).default(0),
  /** `next_cursor` of the previous page; it stays valid while new entries are written. */
  cursor: z.string().max(200).optional(),
  /** `capped` counts up to 100,000 entries, `exact` all of them. */
  total: z.enum(['capped', 'exact']).default('capped'),
});

export type AuditQuery = z.output<typeof auditQuery>;

/** Which entries, without how many of them. */
export const auditFilterQuery = auditQuery.pick({
  user_id: true,
  action_type: true,
  outcome: true,
  policy_result: true,
  from: true,
  to: true,
  request_id: true,
});

/** Query of `GET /api/v1/audit/export`; what format there is, the route says. */
export const auditExportQuery = auditFilterQuery.extend({ format: z.string().max(16).default('json') });

export type AuditExportQuery = z.output<typeof auditExportQuery>;

/** A page counts no more entries than this unless asked for all: counting further costs more than the page. */
export const auditCountMax = 100_000;

/** One entry (spec/enterprise.md §1.13, form A). */
export const auditEntryView = z
  .object({
    id: z.string(),
    tenant_id: z.string(),
    org_unit: z.string(),
    user_id: z.string(),
    timestamp: z.iso.datetime(),
    action_type: z.enum(actionTypes),
    event: z.string(),
    /** Name for people of the data source whose event it is; null for the system's own; absent in answers of older gateways. */
    source_title: z.string().nullable().optional(),
    action_detail: z.string(),
    data_accessed: z.array(
      z.object({
        item_id: z.string(),
        source: z.string(),
        classification: z.enum(classifications),
        purpose: z.string(),
      }),
    ),
    model_used: z.string().nullable(),
    token_count: z.object({ prompt: z.int(), completion: z.int(), total: z.int() }).nullable(),
    data_classification: z.enum(classifications).nullable(),
    policy_applied: z.string(),
    policy_result: z.enum(verdicts).nullable(),
    policy_reason: z.string(),
    outcome: z.enum(auditOutcomes),
    request_id: z.string().nullable(),
    decision_id: z.string().nullable(),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    /** The person's random name, which proofs use; null in entries from before there were such names. */
    subject: z.string().nullable(),
    leaf_hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });

export type AuditEntryView = z.infer<typeof auditEntryView>;

export const auditPage = z
  .object({
    total: z.int(),
    /** False when there are more than `total`. */
    total_exact: z.boolean(),
    limit: z.int(),
    offset: z.int(),
    /** For the next page; null on the last. */
    next_cursor: z.string().nullable(),
    entries: z.array(auditEntryView),
  })
  .meta({ id: 'AuditPage' });

export type AuditPage = z.infer<typeof auditPage>;

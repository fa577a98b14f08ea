import { z } from 'zod';
import { roles } from '../person/role.ts';
import { waitView } from '../request/wait.schema.ts';
import { plainText } from '../text.schema.ts';
import { approvalPageMax, approvalStates, askedAgainCodes } from './approval.ts';

/** An approval, as seen by the requester and by the people who may decide it. */
export const approvalView = z
  .object({
    id: z.string(),
    request_id: z.string(),
    run_id: z.string(),
    round: z.int(),
    state: z.enum(approvalStates),
    requester: z.object({
      user_id: z.string(),
      email: z.string().nullable(),
      name: z.string().nullable(),
      org_unit: z.string(),
    }),
    action: z.string(),
    title: z.string(),
    target: z.string(),
    /** Exactly what would be sent. */
    preview: z.string(),
    /** Why it needs a person's approval. */
    reason: z.string(),
    /** `pol_…@version`, joined by comma. */
    policy_applied: z.string(),
    /** What a decision is bound to. */
    digest: z.string(),
    approvers: z.object({ role: z.enum(roles), org_unit: z.string() }),
    /** May the caller decide it now? */
    may_decide: z.boolean(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    decided_at: z.iso.datetime().nullable(),
    decided_by: z.object({ user_id: z.string(), email: z.string().nullable() }).nullable(),
    decision_reason: z.string().nullable(),
    /** Why people are asked once more; `null` the first time. */
    asked_again: z.object({ code: z.enum(askedAgainCodes), message: z.string() }).nullable(),
    /** What its action waits for, however it is decided. */
    waits: waitView.nullable(),
  })
  .meta({ id: 'Approval' });

export type ApprovalView = z.infer<typeof approvalView>;

export const approvalList = z.object({ approvals: z.array(approvalView) }).meta({ id: 'ApprovalList' });

export type ApprovalList = z.infer<typeof approvalList>;

/** Query of `GET /api/v1/approvals`. */
export const approvalQuery = z.strictObject({
  state: z.enum(approvalStates).optional(),
  limit: z.coerce.number().int().min(1).max(approvalPageMax).default(50),
});

export type ApprovalQuery = z.output<typeof approvalQuery>;

/** Body of `POST /api/v1/approvals/{id}/decision`; a rejection needs a reason. */
export const approvalDecision = z
  .strictObject({
    decision: z.enum(['approve', 'reject']),
    digest: z.string().regex(/^[0-9a-f]{64}$/),
    reason: plainText({ min: 1, max: 2_000 }).optional(),
  })
  .refine((body) => body.decision === 'approve' || body.reason !== undefined, {
    error: 'a rejection needs a reason',
    path: ['reason'],
  })
  .meta({ id: 'ApprovalDecision' });

export type ApprovalDecision = z.input<typeof approvalDecision>;

import { z } from 'zod';
import { moment } from '../audit/audit.schema.ts';

const why = z.string().trim().min(1).max(2_000);

/** Body of `POST /api/v1/legal-holds`. */
export const newLegalHold = z
  .strictObject({
    /** Whose data; absent = everybody's of the tenant. */
    user_id: z.string().min(1).max(255).optional(),
    /** Data from this time on; absent = from the beginning. */
    from: moment.optional(),
    /** Data before this time; absent = until further notice. */
    to: moment.optional(),
    reason: why,
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    error: 'has to be later than from',
    path: ['to'],
  });

export type NewLegalHold = z.input<typeof newLegalHold>;

/** Body of calls that need nothing but a reason. */
export const withReason = z.strictObject({ reason: why });

export type WithReason = z.input<typeof withReason>;

export const legalHold = z
  .object({
    id: z.string(),
    /** Null for the whole tenant; `erased:sub_…` for a person who was erased. */
    user_id: z.string().nullable(),
    from: z.iso.datetime().nullable(),
    to: z.iso.datetime().nullable(),
    reason: z.string(),
    placed_by: z.string(),
    placed_at: z.iso.datetime(),
    released_by: z.string().nullable(),
    released_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'LegalHold' });

export const legalHoldList = z
  .object({ total: z.int(), holds: z.array(legalHold) })
  .meta({ id: 'LegalHoldList' });

export type LegalHoldList = z.infer<typeof legalHoldList>;

export type LegalHoldView = z.infer<typeof legalHold>;

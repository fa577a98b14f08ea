import { z } from 'zod';

/** Answer of `POST /api/v1/user-data/{user_id}/erase`. */
export const erasureView = z
  .object({
    id: z.string(),
    tenant_id: z.string(),
    user_id: z.string(),
    /** The person's random name in the audit log; null when the log has none. */
    subject: z.string().nullable(),
    /** `waiting`: requests of the person are open; it continues by itself. */
    state: z.enum(['done', 'waiting']),
    requested_at: z.iso.datetime(),
    erased_at: z.iso.datetime().nullable(),
    /** Null while it waits. */
    erased: z
      .object({
        contents: z.int(),
        requests: z.int(),
        approvals: z.int(),
        votes: z.int(),
        sessions: z.int(),
        audit_entries: z.int(),
      })
      .nullable(),
    held_back: z.array(
      z.object({
        what: z.string(),
        count: z.int().nullable(),
        why: z.string(),
        hold_id: z.string().nullable(),
      }),
    ),
    open_requests: z.array(z.string()),
  })
  .meta({ id: 'Erasure' });

export type ErasureView = z.infer<typeof erasureView>;

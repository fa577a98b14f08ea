import { z } from 'zod';

/** What an action waits for, where a provider asked for it, and until when. */
export const waitView = z
  .object({
    until: z.iso.datetime(),
    /** What happens then: it is sent, or, where it may have been sent, looked for. */
    to: z.enum(['send', 'look']),
    /** Why it waits: a code, and the same in words. */
    error: z.string(),
    message: z.string(),
  })
  .meta({ id: 'Wait' });

export type WaitView = z.infer<typeof waitView>;

import { z } from 'zod';

/** Error shape of every answer that isn't a success (spec/enterprise.md §1.2). */
export const errorBody = z
  .object({ error: z.string(), message: z.string(), detail: z.unknown().optional() })
  .meta({ id: 'Error' });

import { z } from 'zod';

/** Text that PostgreSQL and every provider can hold: well-formed Unicode, no NUL. Length in UTF-16 units. */
export function plainText(limits: { min: number; max: number }): z.ZodString {
  return z
    .string()
    .min(limits.min)
    .max(limits.max)
    .refine((text) => text.isWellFormed() && !text.includes('\u0000'), {
      error: 'holds a NUL or a lone surrogate',
      params: { code: 'INVALID_TEXT' },
    });
}

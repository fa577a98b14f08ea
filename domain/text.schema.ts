import { z } from 'zod';
import { isPlainText } from './text.ts';

/** Text that satisfies `isPlainText`; length in UTF-16 units. */
export function plainText(limits: { min: number; max: number }): z.ZodString {
  return z
    .string()
    .min(limits.min)
    .max(limits.max)
    .refine(isPlainText, {
      error: 'holds a NUL or a lone surrogate',
      params: { code: 'INVALID_TEXT' },
    });
}

import { z } from 'zod';
import { verdicts } from './verdict.ts';

/**
 * The answer of a customer's own Rego (docs/policy-bundles.md); anything else is a denial. `allow` adds nothing to what
 * the policies say.
 */
export const customerAnswer = z.strictObject({
  verdict: z.enum(verdicts),
  code: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,63}$/)
    .optional(),
  /** For people. */
  reason: z.string().min(1).max(300).optional(),
});

import { z } from 'zod';
import { policyLevels } from './policy.ts';
import { verdicts } from './verdict.ts';

/** The answer of one domain's Rego about one action; anything else is a denial. */
export const policyAnswer = z.strictObject({
  applicable: z.boolean(),
  verdict: z.enum(verdicts),
  code: z.string().min(1),
  rule: z.record(z.string(), z.json()).nullable(),
  decided_by: z
    .strictObject({
      level: z.enum(policyLevels),
      policy_id: z.string(),
      policy_version: z.int().positive(),
      policy_name: z.string(),
    })
    .nullable(),
  /** Conditions of an allowance, such as `disclosure_required` (spec/enterprise.md §1.4). */
  constraints: z.record(z.string(), z.json()),
});

import { z } from 'zod';
import { CodedError } from '../error.ts';
import { normalOrgUnit } from '../person/org-unit.ts';
import { plainText } from '../text.schema.ts';
import type { Policy } from './policy.ts';
import { policyRules } from './rules.schema.ts';
import type { CheckedPolicy, GovernedDomain } from './rules.ts';

/** A slash path without empty parts or dots, no slash at either end, in its canonical spelling. */
const orgUnit = z
  .string()
  .max(400)
  .regex(/^[^/](.*[^/])?$/u, 'no slash at either end')
  .transform((text, { addIssue }) => {
    const unit = normalOrgUnit(text);
    if (unit === undefined) addIssue('a slash path such as engineering/web');
    return unit ?? text;
  });
const sentence = (max: number) => plainText({ min: 1, max }).trim().min(1);

const none = z.null().optional();

const policyScope = z.discriminatedUnion('level', [
  z.strictObject({ level: z.literal('enterprise'), org_unit: none, user_id: none }),
  z.strictObject({ level: z.literal('org'), org_unit: orgUnit, user_id: none }),
  z.strictObject({ level: z.literal('team'), org_unit: orgUnit, user_id: none }),
  z.strictObject({
    level: z.literal('user'),
    /** The person's unit: given one, the policy is checked against the levels above that cover it. */
    org_unit: orgUnit.nullable().optional(),
    user_id: plainText({ min: 1, max: 255 }),
  }),
]);

function bodyOf<D extends GovernedDomain>(domain: D) {
  return z.strictObject({
    name: sentence(200),
    domain: z.literal(domain),
    scope: policyScope,
    status: z.enum(['draft', 'active']).default('draft'),
    rules: policyRules[domain],
    may_grant: policyRules[domain].nullable().optional(),
    change_reason: sentence(2000),
  });
}

/** The body of `POST /api/v1/policies`, as seed 000 prints it; the documents also spell a domain `agent-to-agent`. */
export const policyBody = z.preprocess(
  (given) =>
    typeof given === 'object' && given !== null && 'domain' in given && given.domain === 'agent-to-agent'
      ? { ...given, domain: 'agent_to_agent' }
      : given,
  z.discriminatedUnion('domain', [
    bodyOf('actions'),
    bodyOf('integrations'),
    bodyOf('models'),
    bodyOf('agent_to_agent'),
    bodyOf('features'),
    bodyOf('data'),
    bodyOf('audit'),
  ]),
);

/** How many bytes of JSON a policy may take; a larger one is refused unread. */
export const maxPolicyBytes = 262_144;

/** The same for a person's own policy, of which there may be as many as people. */
export const maxUserPolicyBytes = 16_384;

/**
 * A stored policy with its scope and rules checked again; throws `INVALID_REQUEST` when they don't fit the domain, so
 * that a corrupted row is never enforced as something else.
 */
export function checkPolicy<D extends GovernedDomain>(domain: D, policy: Policy): CheckedPolicy<D> {
  const schema = policyRules[domain];
  const rules = schema.safeParse(policy.rules);
  const mayGrant = schema.nullable().safeParse(policy.mayGrant);
  const { level, orgUnit: unit, userId } = policy.scope;
  const scope = policyScope.safeParse({ level, org_unit: unit, user_id: userId });
  if (!rules.success || !mayGrant.success || policy.domain !== domain) {
    throw new CodedError('INVALID_REQUEST', {
      message: `policy ${policy.id} holds rules that don't fit ${domain}`,
    });
  }
  if (!scope.success) {
    throw new CodedError('INVALID_REQUEST', { message: `policy ${policy.id} stands in no place` });
  }
  return { ...policy, domain, rules: rules.data, mayGrant: mayGrant.data };
}

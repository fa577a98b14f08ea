import { z } from 'zod';
import { CodedError } from './error.ts';
import type { Policy } from './policy.ts';
import {
  autonomyLevels,
  type CheckedPolicy,
  type GovernedDomain,
  permissions,
  type RulesOf,
} from './policy-rules.ts';
import { plainText } from './text.schema.ts';

/** Names of actions, connectors and operations: no dots or stars, which name points of a merged policy. */
const name = z.string().regex(/^[a-z][a-z0-9_-]{0,79}$/, 'lower-case letters, digits, _ and -');
const names = z.array(name).max(500);
const orgUnit = z
  .string()
  .max(200)
  .regex(/^[a-z0-9][a-z0-9_-]*(\/[a-z0-9][a-z0-9_-]*)*$/i, 'a slash path such as engineering/web');
const sentence = (max: number) => plainText({ min: 1, max }).trim().min(1);

const actionsRules = z
  .strictObject({
    default_autonomy: z.enum(autonomyLevels),
    action_overrides: z.record(name, z.enum(autonomyLevels)),
  })
  .partial();

const integrationsRules = z
  .strictObject({
    allowed_connectors: names,
    default_permission: z.enum(permissions),
    connector_overrides: z.record(
      name,
      z.strictObject({ permission: z.enum(permissions), allowed_operations: names }).partial(),
    ),
  })
  .partial();

/** Rules of each governed domain; the other five are lines to add. */
const policyRules: { readonly [D in GovernedDomain]: z.ZodType<RulesOf[D]> } = {
  actions: actionsRules,
  integrations: integrationsRules,
};

const none = z.null().optional();

const policyScope = z.discriminatedUnion('level', [
  z.strictObject({ level: z.literal('enterprise'), org_unit: none, user_id: none }),
  z.strictObject({ level: z.literal('org'), org_unit: orgUnit, user_id: none }),
  z.strictObject({ level: z.literal('team'), org_unit: orgUnit, user_id: none }),
  z.strictObject({
    level: z.literal('user'),
    /** The person's unit: with it the policy is checked against the levels above that cover the unit. */
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

/** The body of `POST /api/v1/policies`, as seed 000 prints it. */
export const policyBody = z.discriminatedUnion('domain', [bodyOf('actions'), bodyOf('integrations')]);

/** The stored policy with its rules checked again; throws `INVALID_REQUEST` when they don't fit the domain. */
export function checkPolicy<D extends GovernedDomain>(domain: D, policy: Policy): CheckedPolicy<D> {
  const schema = policyRules[domain];
  const rules = schema.safeParse(policy.rules);
  const mayGrant = schema.nullable().safeParse(policy.mayGrant);
  if (!rules.success || !mayGrant.success || policy.domain !== domain) {
    throw new CodedError('INVALID_REQUEST', {
      message: `policy ${policy.id} holds rules that don't fit ${domain}`,
    });
  }
  return { ...policy, domain, rules: rules.data, mayGrant: mayGrant.data };
}

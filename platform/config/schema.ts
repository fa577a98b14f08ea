import { z } from 'zod';
import { actionVariables } from './variables/actions.ts';
import { databaseVariables } from './variables/databases.ts';
import { identityVariables } from './variables/identity.ts';
import { keyVariables } from './variables/keys.ts';
import { policyVariables } from './variables/policies.ts';
import { processVariables } from './variables/process.ts';
import { rateLimitVariables } from './variables/rate-limits.ts';
import { secretVariables } from './variables/secrets.ts';
import { temporalVariables } from './variables/temporal.ts';
import { tenantVariables } from './variables/tenants.ts';

/**
 * Every environment variable of gateway, worker and migrations, those of one concern in a file of `variables/`;
 * `docs/configuration.md` is tested against it.
 */
export const environment = z
  .object({
    ...processVariables,
    ...databaseVariables,
    ...temporalVariables,
    ...identityVariables,
    ...tenantVariables,
    ...rateLimitVariables,
    ...policyVariables,
    ...keyVariables,
    ...secretVariables,
    ...actionVariables,
  })
  .refine(
    (values) =>
      values.VAULT_ADDR === undefined ||
      values.VAULT_TOKEN_FILE !== undefined ||
      values.VAULT_KUBERNETES_ROLE !== undefined,
    {
      path: ['VAULT_TOKEN_FILE'],
      error: 'is needed with VAULT_ADDR, or else VAULT_KUBERNETES_ROLE',
      when: () => true,
    },
  )
  .refine(
    (values) => values.POLICY_BUNDLES_DIR === undefined || values.POLICY_BUNDLE_KEYS_FILE !== undefined,
    {
      path: ['POLICY_BUNDLE_KEYS_FILE'],
      error: 'is needed with POLICY_BUNDLES_DIR',
      when: () => true,
    },
  )
  .refine((values) => values.DEPLOYMENT_MODE !== 'ha' || values.REDIS_URL !== undefined, {
    path: ['REDIS_URL'],
    error: 'is needed when DEPLOYMENT_MODE is ha',
    // With every other problem, not only when there is none.
    when: () => true,
  });

export type VariableName = keyof typeof environment.shape;

/** Variables that somebody outside of this folder declares: a connector's. */
export type VariableSchemas = Readonly<Record<string, z.ZodType>>;

/** The one schema, with variables beside ours. Throws `RangeError` when one of them has a name of ours. */
export function environmentWith(more: VariableSchemas) {
  for (const name of Object.keys(more)) {
    if (name in environment.shape) throw new RangeError(`${name} is a variable already`);
  }
  return environment.safeExtend(more);
}

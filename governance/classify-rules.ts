import type { Actor } from '#domain/actor.ts';
import { checkPolicy } from '#domain/policy.schema.ts';
import type { Policy } from '#domain/policy.ts';
import { mergePolicies } from '#domain/policy-merge.ts';
import { effectiveRules } from '#domain/policy-reading.ts';
import type { DataRules } from '#domain/policy-rules.ts';
import { policiesFor } from './effective-policy.ts';

/** What the data domain says for one person; empty where no policy speaks. */
export type ReadDataRules = (actor: Actor) => Promise<DataRules>;

export function createReadDataRules(
  readPolicies: (tenantId: string) => Promise<{ policies: readonly Policy[] }>,
): ReadDataRules {
  return async (actor) => {
    const { policies } = await readPolicies(actor.tenantId);
    const own = policiesFor(actor, policies).filter(({ domain }) => domain === 'data');
    const merged = mergePolicies(
      'data',
      own.map((policy) => checkPolicy('data', policy)),
    );
    return merged === undefined ? {} : effectiveRules('data', merged);
  };
}

import { CodedError } from '#domain/error.ts';
import type { PolicyCache, PolicySnapshot } from './cache.ts';

/** The policies that this process goes by; throws `POLICY_ENGINE_UNREACHABLE` when none can be read. */
export async function policiesInForce(
  policyCache: Pick<PolicyCache, 'read'>,
  tenantId: string,
): Promise<PolicySnapshot> {
  try {
    return await policyCache.read(tenantId);
  } catch (cause) {
    throw new CodedError('POLICY_ENGINE_UNREACHABLE', { cause });
  }
}

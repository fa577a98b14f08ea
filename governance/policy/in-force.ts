import { CodedError } from '#domain/error.ts';
import type { HeldPolicies, PolicySnapshot } from './hold.ts';

/** The policies that this process goes by; throws `POLICY_ENGINE_UNREACHABLE` when none can be read. */
export async function policiesInForce(
  heldPolicies: Pick<HeldPolicies, 'read'>,
  tenantId: string,
): Promise<PolicySnapshot> {
  try {
    return await heldPolicies.read(tenantId);
  } catch (cause) {
    throw new CodedError('POLICY_ENGINE_UNREACHABLE', { cause });
  }
}

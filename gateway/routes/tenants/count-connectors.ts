import { CodedError } from '#domain/error.ts';
import type { PolicyStore } from '#stores/policies.ts';

interface CountConnectorsOptions {
  policies: Pick<PolicyStore, 'active'>;
  /** Names of the connectors that this installation has. */
  registered: readonly string[];
}

/** Connectors that the tenant's enterprise policy lets it use; none while it has no policies. */
export function createCountConnectors({ policies, registered }: CountConnectorsOptions) {
  return async (tenantId: string): Promise<number> => {
    try {
      const active = (await policies.active(tenantId)).policies;
      const stated = active.flatMap((policy) =>
        policy.domain === 'integrations' && policy.scope.level === 'enterprise' && policy.status === 'active'
          ? (policy.rules.allowed_connectors ?? [])
          : [],
      );
      return registered.filter((name) => stated.includes(name)).length;
    } catch (error) {
      if (error instanceof CodedError && error.code === 'TENANT_UNKNOWN') return 0;
      throw error;
    }
  };
}

import { deleteTenant, restoreTenant, resumeTenant, suspendTenant } from '#domain/tenant/calls.ts';

/** Steps of a tenant as a whole. */
export const tenantSteps = {
  suspend: suspendTenant,
  resume: resumeTenant,
  restore: restoreTenant,
  delete: deleteTenant,
};

export type TenantStep = keyof typeof tenantSteps;

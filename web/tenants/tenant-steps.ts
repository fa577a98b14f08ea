import { deleteTenant, restoreTenant, resumeTenant, suspendTenant } from '#domain/tenant/calls.ts';

/** What becomes of a tenant as a whole; each step goes on record with a reason. */
export const tenantSteps = {
  suspend: suspendTenant,
  resume: resumeTenant,
  restore: restoreTenant,
  delete: deleteTenant,
};

export type TenantStep = keyof typeof tenantSteps;

/**
 * The status of a tenant. `suspended`: new work is refused, running work waits, deadlines are put off
 * (spec/decisions.md 38). `deleting` is the waiting time before a deletion: like `suspended`, and it can be called off.
 */
export const tenantStatuses = ['provisioning', 'active', 'suspended', 'deleting', 'deleted'] as const;

export type TenantStatus = (typeof tenantStatuses)[number];

/** The name for the installation as a whole; no tenant may have it. */
export const installationTenant = 'installation';

/** May new work begin there, and running work go on? */
export function isWorking(status: TenantStatus): boolean {
  return status === 'active';
}

/** May its people look at their own data? */
export function isOpen(status: TenantStatus): boolean {
  return status === 'active' || status === 'suspended' || status === 'deleting';
}

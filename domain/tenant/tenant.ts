/**
 * How far a tenant is. `suspended`: new work is refused, running work is held, deadlines stand still (spec/decisions.md 38).
 * `deleting` is the waiting time of a deletion: like `suspended`, and can be called off.
 */
export const tenantStatuses = ['provisioning', 'active', 'suspended', 'deleting', 'deleted'] as const;

export type TenantStatus = (typeof tenantStatuses)[number];

/** What belongs to the whole installation goes by this name; no tenant may bear it. */
export const installationTenant = 'installation';

/** Does anything new begin there, does running work go on? */
export function isWorking(status: TenantStatus): boolean {
  return status === 'active';
}

/** May its people look at what is theirs? */
export function isOpen(status: TenantStatus): boolean {
  return status === 'active' || status === 'suspended' || status === 'deleting';
}

/** `/t/<tenant>` where the page stands below it (`TENANT_ROUTING=path`); else nothing. */
export function tenantPathIn(pathname: string): string {
  return /^\/t\/[a-z0-9-]+(?=\/)/.exec(pathname)?.[0] ?? '';
}

/** Of the page that this runs in. */
export const tenantPath = tenantPathIn(globalThis.location?.pathname ?? '/');

export const apiBase = `${tenantPath}/api/v1`;

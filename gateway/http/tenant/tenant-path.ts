import { tenantIdPattern } from '#domain/ids.ts';

const prefixed = /^\/t\/([^/?#]+)(?=\/)/;

/** The tenant that a path `/t/<tenant>/…` names; `undefined` for any other. */
export function tenantOfPath(url: string): string | undefined {
  const tenant = prefixed.exec(url)?.[1];
  return tenant !== undefined && tenantIdPattern.test(tenant) ? tenant : undefined;
}

/** The path below `/t/<tenant>`, or the path itself. */
export function withoutTenant(url: string): string {
  return tenantOfPath(url) === undefined ? url : url.replace(prefixed, '');
}

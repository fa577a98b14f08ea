/** Budgets of calls (spec/enterprise.md §1.2); the first five are per tenant or address, the others per person. */
export const limitClasses = [
  'policy_mutation',
  'audit_read',
  'audit_export',
  'admin',
  'status',
  'request',
  'read',
] as const;

export type LimitClass = (typeof limitClasses)[number];

interface LimitedRoute {
  method: string;
  path: string;
  auth: string;
  limit?: LimitClass | 'none';
}

const policyQuestions = /\/(evaluate|classify|impact)$/;
const administration = /^\/api\/v1\/(tenants|connectors|user-data|legal-holds|keys|data)(\/|$)/;

/**
 * The budget that a call of a route is taken from; `none` where the caller is not known yet: sign-in, health checks.
 */
export function limitClassOf({ method, path, auth, limit }: LimitedRoute): LimitClass | 'none' {
  if (limit !== undefined) return limit;
  if (path === '/api/v1/status' || path === '/metrics') return 'status';
  if (auth === 'public') return 'none';
  const changes = method !== 'GET';
  if (path.startsWith('/api/v1/policies') && changes && !policyQuestions.test(path)) return 'policy_mutation';
  if (/^\/api\/v1\/(audit|user-data\/:\w+)\/export$/.test(path)) return 'audit_export';
  if (path === '/api/v1/audit' || path.startsWith('/api/v1/audit/')) return 'audit_read';
  if (administration.test(path) && (changes || path.startsWith('/api/v1/tenants'))) return 'admin';
  return changes ? 'request' : 'read';
}

import type { PolicyView } from '#domain/policy/change.schema.ts';

/** Could this version become a canary? A draft that is not one yet, of a policy for more than one person. */
export function mayGoAhead({
  status,
  canary,
  scope,
}: Pick<PolicyView, 'status' | 'scope'> & { canary?: PolicyView['canary'] }): boolean {
  return status === 'draft' && canary === undefined && scope.level !== 'user';
}

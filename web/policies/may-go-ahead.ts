import type { PolicyView } from '#domain/policy/change.schema.ts';

/** Could this version hold for a few people first? A draft that does not yet, of a policy that is for more than one. */
export function mayGoAhead({
  status,
  canary,
  scope,
}: Pick<PolicyView, 'status' | 'scope'> & { canary?: PolicyView['canary'] }): boolean {
  return status === 'draft' && canary === undefined && scope.level !== 'user';
}

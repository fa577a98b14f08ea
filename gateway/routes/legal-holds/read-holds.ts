import type { LegalHoldView } from '#domain/legal-hold.schema.ts';
import { legalHoldView, subjectsOf } from '../../views/legal-hold-view.ts';
import type { RouteDependencies } from '../dependencies.ts';

/** Every hold of a tenant for people, newest first. */
export async function readHolds(
  { legalHolds, subjects }: Pick<RouteDependencies, 'legalHolds' | 'subjects'>,
  tenantId: string,
): Promise<LegalHoldView[]> {
  const holds = await legalHolds.list(tenantId);
  const userIds = await subjects.userIds(tenantId, holds.flatMap(subjectsOf));
  return holds.map((hold) => legalHoldView(hold, userIds));
}

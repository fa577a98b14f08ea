import type { LegalHoldView } from '#domain/person/legal-hold.schema.ts';
import { legalHoldView, subjectsOf } from './legal-hold-view.ts';
import type { LegalHoldParts } from './parts.ts';

/** Every hold of a tenant as people see it, newest first. */
export async function readHolds(
  { legalHolds, subjects }: Pick<LegalHoldParts, 'legalHolds' | 'subjects'>,
  tenantId: string,
): Promise<LegalHoldView[]> {
  const holds = await legalHolds.list(tenantId);
  const userIds = await subjects.userIds(tenantId, holds.flatMap(subjectsOf));
  return holds.map((hold) => legalHoldView(hold, userIds));
}

import type { PolicyView } from '#domain/policy/change.schema.ts';
import { Badge } from '../design/badge.tsx';

/** Marks a version that nothing proves; shows nothing for others. */
export function UnprovenBadge({ unproven }: Pick<PolicyView, 'unproven'>) {
  return unproven ? <Badge word="Unproven, not followed" tone="bad" /> : null;
}

import type { PolicyView } from '../api/types.ts';
import { Badge } from '../design/badge.tsx';

/** Says of a draft that a few people have it first; nothing of every other version. */
export function CanaryBadge({ canary }: Pick<PolicyView, 'canary'>) {
  if (canary === undefined) return null;
  const word = canary.users === 1 ? 'One person has it first' : `${canary.users} people have it first`;
  return <Badge word={word} tone="busy" />;
}

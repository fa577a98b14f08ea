import type { PolicyView } from '#domain/policy/change.schema.ts';
import { Badge } from '../design/badge.tsx';
import { canaryWords } from './policy-words.ts';

/** Says of a draft that a few people have it first; nothing of every other version. */
export function CanaryBadge({ canary }: Pick<PolicyView, 'canary'>) {
  return canary === undefined ? null : <Badge word={canaryWords(canary)} tone="busy" />;
}

import type { PolicyView } from '#domain/policy/change.schema.ts';
import { Badge } from '../design/badge.tsx';
import { canaryWords } from './policy-words.ts';

/** Marks a draft that is a canary; shows nothing for other versions. */
export function CanaryBadge({ canary }: Pick<PolicyView, 'canary'>) {
  return canary === undefined ? null : <Badge word={canaryWords(canary)} tone="busy" />;
}

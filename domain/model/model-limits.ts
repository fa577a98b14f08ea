import { type Policy, policyLevels } from '../policy/policy.ts';

/** Whose tokens a limit counts: everybody's, those of a unit and below, or one person's. */
export type TokenScope = { level: 'tenant' } | { level: 'unit'; orgUnit: string } | { level: 'person' };

export interface TokenLimit {
  scope: TokenScope;
  /** Tokens per day. */
  tokens: number;
}

/**
 * The daily limits that apply to a person, the decisive one first: that of the deepest policy that sets one, then what
 * each level above it grants, each counted for whom its policy covers. `policies` are the active ones that cover the
 * person.
 */
export function tokenLimits(policies: readonly Policy[]): readonly TokenLimit[] {
  const speaking = policies
    .filter(({ domain }) => domain === 'models')
    .toSorted((a, b) => depthOf(b) - depthOf(a))
    .flatMap((policy) => {
      const value = numberIn(policy.rules);
      return value === undefined ? [] : [{ policy, value }];
    });
  return speaking.map(({ policy, value }, at) => ({
    scope: scopeOf(policy),
    tokens: at === 0 ? value : (numberIn(policy.mayGrant) ?? value),
  }));
}

/** How deep a policy is: by its level and, among units, by the length of the path. */
function depthOf({ scope }: Policy): number {
  const segments = scope.orgUnit === null ? 0 : scope.orgUnit.split('/').length;
  return policyLevels.indexOf(scope.level) * 1_000 + segments;
}

function scopeOf({ scope }: Policy): TokenScope {
  if (scope.level === 'user') return { level: 'person' };
  return scope.orgUnit === null ? { level: 'tenant' } : { level: 'unit', orgUnit: scope.orgUnit };
}

function numberIn(rules: Readonly<Record<string, unknown>> | null): number | undefined {
  const value = rules?.['max_tokens_per_day'];
  return typeof value === 'number' ? value : undefined;
}

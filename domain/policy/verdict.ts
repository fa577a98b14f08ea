/** What policy says of an action, strictest first (spec/decisions.md 9). */
export const verdicts = ['deny', 'require_approval', 'notify', 'allow'] as const;

export type Verdict = (typeof verdicts)[number];

/** The strictest of several verdicts; none at all counts as a denial. */
export function strictest(given: readonly Verdict[]): Verdict {
  return verdicts.find((verdict) => given.includes(verdict)) ?? 'deny';
}
